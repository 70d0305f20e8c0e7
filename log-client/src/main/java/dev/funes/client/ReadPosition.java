package dev.funes.client;

import org.jspecify.annotations.Nullable;

/** How far one partition has been read, and where to stop. Only the consumer's thread uses it. */
final class ReadPosition {
  /** Where a partition stands that has no offset yet. */
  sealed interface Unresolved {
    /** At the stored offset of the consumer group, or else at the start. */
    record Stored() implements Unresolved {}

    record At(LogPosition place) implements Unresolved {}
  }

  final TopicPartition partition;
  private @Nullable Unresolved unresolved;
  private long offset;
  private int leaderEpoch = -1;
  private long stopAt = Long.MAX_VALUE;
  // Of a partition that a consumer group has given: in which generation it did.
  private long grantedGeneration;
  // Where the records begin that the last poll has returned; -1 when what it returned is done.
  private long handedOut = -1;
  // What is known to be stored for the group; -1 when nothing is.
  private long committed = -1;

  ReadPosition(TopicPartition partition, Unresolved unresolved) {
    this.partition = partition;
    this.unresolved = unresolved;
  }

  @Nullable Unresolved unresolved() {
    return unresolved;
  }

  boolean isResolved() {
    return unresolved == null;
  }

  /** The offset of the next record; only when it is resolved. */
  long offset() {
    if (unresolved != null) {
      throw new IllegalStateException("expected an offset of " + partition + ", was " + unresolved);
    }
    return offset;
  }

  void moveTo(long newOffset) {
    unresolved = null;
    offset = newOffset;
    leaderEpoch = -1;
    handedOut = -1;
  }

  void moveTo(Unresolved place) {
    unresolved = place;
    leaderEpoch = -1;
    handedOut = -1;
  }

  /** Everything before this offset, and before the stop, has been read. */
  void readUpTo(long nextOffset, int epoch) {
    offset = Math.max(offset, Math.min(nextOffset, stopAt));
    leaderEpoch = epoch;
  }

  boolean wants(long recordOffset) {
    return recordOffset >= offset && recordOffset < stopAt;
  }

  long stopAt() {
    return stopAt;
  }

  void stopAt(long offsetExclusive) {
    stopAt = offsetExclusive;
  }

  void liftStop() {
    stopAt = Long.MAX_VALUE;
  }

  boolean isAtStop() {
    return unresolved == null && offset >= stopAt;
  }

  CommittedOffset toCommit() {
    return new CommittedOffset(partition, done(), leaderEpoch < 0 ? null : leaderEpoch, "", 0);
  }

  long grantedGeneration() {
    return grantedGeneration;
  }

  /** A consumer group has given this partition, and this offset was stored; -1: none. */
  void granted(long generation, long storedOffset) {
    grantedGeneration = generation;
    committed = storedOffset;
  }

  /** The records from this offset on were returned, and may not be done. */
  void handOut(long firstOffset) {
    handedOut = firstOffset;
  }

  /** Everything that was returned is done. */
  void settle() {
    handedOut = -1;
  }

  /** The caller says that everything before this offset is done. */
  void settle(long nextOffset) {
    if (unresolved == null && handedOut >= 0) {
      handedOut = nextOffset < offset ? nextOffset : -1;
    }
  }

  /** Everything before it is done. */
  long done() {
    return handedOut >= 0 ? handedOut : offset();
  }

  void committed(long storedOffset) {
    committed = storedOffset;
  }

  /** True when there is something to commit. */
  boolean isUncommitted() {
    return unresolved == null && done() != committed;
  }
}
