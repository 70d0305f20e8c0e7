/** Builds of Funes that break a promise, made to show that the prover notices. */
@NullMarked
package dev.funes.chaos.knownbad;

import org.jspecify.annotations.NullMarked;
