/**
 * The log of one partition on one node, and the checkpoints that make it durable.
 *
 * <p>A partition is a row of segment files of committed record batches. One thread, the apply
 * thread of the raft group, appends and trims; any thread reads, without a lock. Nothing here is
 * synced to disk while records are applied: the Raft log is the write-ahead log, and {@link
 * dev.funes.log.PartitionLog#force} runs only for a checkpoint. After a restart every segment is
 * cut back to what the newest checkpoint recorded and the Raft log is applied again, so nothing
 * beyond a checkpoint has to be trusted, while damage below it is refused with the file and the
 * position. This package knows neither Raft nor the network, only longs and batches.
 */
@NullMarked
package dev.funes.log;

import org.jspecify.annotations.NullMarked;
