/** Which faults are inflicted in which order, under which load, and what came of it. */
@NullMarked
package dev.funes.chaos.scenario;

import org.jspecify.annotations.NullMarked;
