package dev.funes.state;

import org.jspecify.annotations.Nullable;

/**
 * What happened to the stored offset of one partition.
 *
 * @param from what was stored before; null when nothing was
 * @param to what is stored since; null when it was forgotten
 */
public record OffsetChange(long topicId, int partition, @Nullable Long from, @Nullable Long to) {

  // Written out, so that callers in other modules see what may be null.
  public OffsetChange(long topicId, int partition, @Nullable Long from, @Nullable Long to) {
    this.topicId = topicId;
    this.partition = partition;
    this.from = from;
    this.to = to;
  }
}
