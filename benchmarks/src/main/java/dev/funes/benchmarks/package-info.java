/**
 * Microbenchmarks of what every record passes on its way, one class a subject.
 *
 * <p>They tell what one step costs and what it allocates ({@code -prof gc}), so that a change can
 * be judged by itself; what a cluster reaches is another question. Two of them stand in the package
 * of what they measure, because that is not public: {@code dev.funes.log} and {@code
 * dev.funes.replication}.
 */
@NullMarked
package dev.funes.benchmarks;

import org.jspecify.annotations.NullMarked;
