package dev.funes.replication;

import dev.funes.cluster.PartitionId;
import dev.funes.log.LogSettings;
import dev.funes.state.GroupOffset;
import java.nio.ByteBuffer;
import java.util.List;

/** Everything that may enter the Raft log of a data raft group. */
public sealed interface Command {

  /**
   * One validated record batch for the end of a partition. The bytes must not change until the
   * outcome is known: they are copied once, into the Raft entry.
   */
  record Append(PartitionId partition, ByteBuffer batch) implements Command {}

  /** Makes a partition, or gives the one that is there these settings. */
  record PutPartition(PartitionId partition, String topicName, LogSettings settings)
      implements Command {}

  /** Removes a partition of a deleted topic. */
  record DropPartition(PartitionId partition) implements Command {}

  /** Moves the log start offset up, by whole segments. */
  record TrimBefore(PartitionId partition, long startOffset) implements Command {}

  /** Stores offsets of a consumer group. Their commit time is that of the entry, not their own. */
  record CommitOffsets(String group, List<GroupOffset> offsets) implements Command {
    public CommitOffsets {
      offsets = List.copyOf(offsets);
    }
  }

  /** Forgets offsets of a consumer group. */
  record DeleteOffsets(String group, List<PartitionId> partitions) implements Command {
    public DeleteOffsets {
      partitions = List.copyOf(partitions);
    }
  }

  /** Forgets the producers that were last heard of before this time. */
  record ExpireProducers(long beforeMillis) implements Command {}
}
