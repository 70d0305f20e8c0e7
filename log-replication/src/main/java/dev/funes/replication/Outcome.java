package dev.funes.replication;

import dev.funes.cluster.NodeId;
import dev.funes.cluster.PartitionId;
import org.jspecify.annotations.Nullable;

/** What became of a {@link Command}. */
public sealed interface Outcome {

  /** What apply says: the same on every replica. */
  sealed interface Applied extends Outcome {}

  /**
   * The batch is in the log and durable on a quorum.
   *
   * @param baseOffset of its first record
   * @param duplicate it was there before; this is the first answer again
   */
  record Appended(long baseOffset, boolean duplicate) implements Applied {}

  /** The command did what it says. */
  record Done() implements Applied {}

  /** The raft group has no such partition. */
  record UnknownPartition() implements Applied {}

  /** A batch of this producer is missing before this one. */
  record OutOfOrder(int expectedSequence, int sequence) implements Applied {}

  /** A newer producer, with this epoch, uses the producer id. */
  record Fenced(short epoch) implements Applied {}

  /** Nothing is known of this producer here, and the batch is not its first. */
  record UnknownProducer() implements Applied {}

  /** Not a batch that a partition can take, or a command that is too large. Nodes check before. */
  record Invalid(String why) implements Applied {}

  /** The partition ends at another offset than the producer expected; nothing was written. */
  record Conflict(long endOffset) implements Applied {}

  /**
   * Nothing was stored: the partition is in the hands of a member, and not of the one who asks, or
   * was given to it after the generation it knows.
   */
  record NotOwner(PartitionId partition) implements Applied {}

  /** Nothing was stored: the consumer group has no such member. */
  record UnknownMember() implements Applied {}

  /**
   * The record was replaced.
   *
   * @param version that it has now
   * @param historyId entry of the history that tells of the offsets; 0 when there were none
   */
  record GroupUpdated(long version, long historyId) implements Applied {}

  /** Nothing was stored: the record has another version by now. */
  record VersionConflict(long version) implements Applied {}

  /** The consumer group has no stored offsets. */
  record UnknownGroup() implements Applied {}

  /** There is a bookmark of this name. */
  record BookmarkExists() implements Applied {}

  /** There is no bookmark of this name. */
  record UnknownBookmark() implements Applied {}

  /** The consumer group has this many bookmarks, and may not have more. */
  record BookmarksFull(int bookmarksMax) implements Applied {}

  /**
   * Another node leads the raft group.
   *
   * @param leader as far as this node knows
   * @param unknownOutcome false: surely not written. True: it was sent, and may yet be committed
   */
  record NotLeader(@Nullable NodeId leader, boolean unknownOutcome) implements Outcome {}

  /** Surely not written: too much is in flight, or the raft group is not ready. */
  record Busy(long retryAfterMillis) implements Outcome {}

  /** Surely not written: a node that has a replica has no room beside its reserve. */
  record DiskFull(DiskReserve.Shortage shortage) implements Outcome {}

  /** Time is up, or the node closes: it may or may not be written. */
  record UnknownOutcome(String why) implements Outcome {}
}
