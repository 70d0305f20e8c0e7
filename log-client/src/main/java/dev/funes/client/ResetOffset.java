package dev.funes.client;

import org.jspecify.annotations.Nullable;

/**
 * How a reset moves, or would move, one stored offset.
 *
 * @param fromOffset null when the group had none here
 * @param toOffset null when it is forgotten; within the log, except after an undo
 * @param askedOffset what was asked for, when that lies outside the log and {@code toOffset} is its
 *     start or end instead; otherwise null
 * @param logStartOffset where the log began when the reset was computed
 * @param logEndOffset where it ended
 */
public record ResetOffset(
    TopicPartition partition,
    @Nullable Long fromOffset,
    @Nullable Long toOffset,
    @Nullable Long askedOffset,
    long logStartOffset,
    long logEndOffset) {
  /** Written out so that callers in other modules see what may be null. */
  public ResetOffset(
      TopicPartition partition,
      @Nullable Long fromOffset,
      @Nullable Long toOffset,
      @Nullable Long askedOffset,
      long logStartOffset,
      long logEndOffset) {
    this.partition = partition;
    this.fromOffset = fromOffset;
    this.toOffset = toOffset;
    this.askedOffset = askedOffset;
    this.logStartOffset = logStartOffset;
    this.logEndOffset = logEndOffset;
  }

  /** Records of the log that will be read once more; 0 when it moves on, or one end is unknown. */
  public long readAgain() {
    return Math.max(0, -distance());
  }

  /** Records of the log that will not be read; 0 when it moves back, or one end is unknown. */
  public long skipped() {
    return Math.max(0, distance());
  }

  private long distance() {
    return fromOffset == null || toOffset == null ? 0 : inLog(toOffset) - inLog(fromOffset);
  }

  private long inLog(long offset) {
    return Math.clamp(offset, logStartOffset, Math.max(logStartOffset, logEndOffset));
  }
}
