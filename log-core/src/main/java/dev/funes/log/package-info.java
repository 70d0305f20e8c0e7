/**
 * The log of one partition on this node: memory-mapped segments in offset order, a sparse index for
 * each, and the checkpoint that says which bytes of them are durable.
 *
 * <p>Segments hold committed record batches only. One thread writes a partition, any thread reads
 * below its end offset without a lock. The package knows nothing of Raft but plain longs.
 */
@NullMarked
package dev.funes.log;

import org.jspecify.annotations.NullMarked;
