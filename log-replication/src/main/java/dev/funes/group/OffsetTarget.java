package dev.funes.group;

import org.jspecify.annotations.Nullable;

/**
 * Where the stored offset of a partition is to be.
 *
 * @param offset null: nowhere, it is forgotten
 */
public record OffsetTarget(long topicId, int partition, @Nullable Long offset) {

  // Written out, so that callers in other modules see what may be null.
  public OffsetTarget(long topicId, int partition, @Nullable Long offset) {
    if (topicId < 1 || partition < 0 || (offset != null && offset < 0)) {
      throw new IllegalArgumentException(
          "expected a partition and an offset from 0, was %d/%d at %s"
              .formatted(topicId, partition, offset == null ? "no offset" : offset));
    }
    this.topicId = topicId;
    this.partition = partition;
    this.offset = offset;
  }
}
