/** A picture of a run. */
@NullMarked
package dev.funes.chaos.timeline;

import org.jspecify.annotations.NullMarked;
