@NullMarked
package dev.funes.chaos.history;

import org.jspecify.annotations.NullMarked;
