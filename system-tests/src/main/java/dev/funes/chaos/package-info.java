/** The prover: faults on real nodes, and checks of what Funes promises. */
@NullMarked
package dev.funes.chaos;

import org.jspecify.annotations.NullMarked;
