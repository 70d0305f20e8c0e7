package dev.funes.log;

import java.util.List;

/**
 * What one checkpoint of a raft group holds.
 *
 * @param term Raft term of the last entry applied
 * @param index Raft index of the last entry applied
 * @param timeMillis when the checkpoint was taken, by the clock of the node that took it
 * @param partitions every partition of the raft group
 */
public record Manifest(long term, long index, long timeMillis, List<ManifestPartition> partitions) {
  /** Copies the list. */
  public Manifest {
    partitions = List.copyOf(partitions);
  }
}
