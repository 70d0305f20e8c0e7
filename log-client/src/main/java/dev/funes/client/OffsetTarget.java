package dev.funes.client;

import org.jspecify.annotations.Nullable;

/**
 * Where a reset is to move one stored offset.
 *
 * @param offset null: forget it
 */
public record OffsetTarget(TopicPartition partition, @Nullable Long offset) {
  /** Written out so that callers in other modules see what may be null. */
  public OffsetTarget(TopicPartition partition, @Nullable Long offset) {
    if (offset != null && offset < 0) {
      throw new IllegalArgumentException("offset: " + offset + " is negative");
    }
    this.partition = partition;
    this.offset = offset;
  }

  /** Where a group has this offset stored: to export it, or to copy it to another group. */
  public static OffsetTarget of(CommittedOffset stored) {
    return new OffsetTarget(stored.partition(), stored.offset());
  }
}
