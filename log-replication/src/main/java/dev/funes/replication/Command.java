package dev.funes.replication;

import dev.funes.cluster.PartitionId;
import dev.funes.log.LogSettings;
import java.nio.ByteBuffer;

/** Everything that may enter the Raft log of a data raft group. */
public sealed interface Command permits Command.OfPartition, Command.ExpireProducers, GroupCommand {

  /** Concerns one partition. */
  sealed interface OfPartition extends Command {}

  /**
   * One validated record batch for the end of a partition. The bytes must not change until the
   * outcome is known: they are copied once, into the Raft entry.
   *
   * @param expectedOffset append only if the partition ends here; {@link #ANY_OFFSET}: wherever it
   *     does
   */
  record Append(PartitionId partition, ByteBuffer batch, long expectedOffset)
      implements OfPartition {
    public static final long ANY_OFFSET = -1;

    public Append {
      if (expectedOffset < ANY_OFFSET) {
        throw new IllegalArgumentException("expected offset -1 or more, was " + expectedOffset);
      }
    }

    /** Wherever the partition ends. */
    public Append(PartitionId partition, ByteBuffer batch) {
      this(partition, batch, ANY_OFFSET);
    }
  }

  /** Makes a partition, or gives the one that is there these settings. */
  record PutPartition(PartitionId partition, String topicName, LogSettings settings)
      implements OfPartition {}

  /** Removes a partition of a deleted topic. */
  record DropPartition(PartitionId partition) implements OfPartition {}

  /** Moves the log start offset up, by whole segments. */
  record TrimBefore(PartitionId partition, long startOffset) implements OfPartition {}

  /** Forgets the producers that were last heard of before this time. */
  record ExpireProducers(long beforeMillis) implements Command {}
}
