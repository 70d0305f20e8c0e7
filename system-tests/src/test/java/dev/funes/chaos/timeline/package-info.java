@NullMarked
package dev.funes.chaos.timeline;

import org.jspecify.annotations.NullMarked;
