/** The checks of a history, C1 to C13. */
@NullMarked
package dev.funes.chaos.check;

import org.jspecify.annotations.NullMarked;
