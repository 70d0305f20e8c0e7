/**
 * The commands that measure a cluster with the public client: {@code funes perf}.
 *
 * <p>A run has two phases, the warm-up and what is measured. In each, every worker runs on a thread
 * of its own until the phase is over and what it began has settled, so nothing of the warm-up is
 * still under way when the clock starts. Recorders are written by the threads of the client and
 * emptied once an interval by the command's own.
 */
@NullMarked
package dev.funes.cli.perf;

import org.jspecify.annotations.NullMarked;
