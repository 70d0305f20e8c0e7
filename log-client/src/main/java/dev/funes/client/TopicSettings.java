package dev.funes.client;

import org.jspecify.annotations.Nullable;

/**
 * The settings of a topic. Null means the default when a topic is created, and "as it is" when one
 * is altered; in answers of the cluster nothing is null.
 *
 * @param retentionMillis how long a record is kept after its timestamp; -1 for ever
 * @param retentionBytes how many bytes of a partition are kept; -1 for no bound
 * @param segmentBytes when a segment is full, 1 MiB to 1 GiB
 * @param segmentMillis when a segment is closed although it is not full, from 1,000
 */
public record TopicSettings(
    @Nullable Long retentionMillis,
    @Nullable Long retentionBytes,
    @Nullable Long segmentBytes,
    @Nullable Long segmentMillis) {
  /** Every setting at its default, or as it is. */
  public static final TopicSettings DEFAULTS = new TopicSettings(null, null, null, null);

  public TopicSettings withRetentionMillis(long millis) {
    return new TopicSettings(millis, retentionBytes, segmentBytes, segmentMillis);
  }

  public TopicSettings withRetentionBytes(long bytes) {
    return new TopicSettings(retentionMillis, bytes, segmentBytes, segmentMillis);
  }

  public TopicSettings withSegmentBytes(long bytes) {
    return new TopicSettings(retentionMillis, retentionBytes, bytes, segmentMillis);
  }

  public TopicSettings withSegmentMillis(long millis) {
    return new TopicSettings(retentionMillis, retentionBytes, segmentBytes, millis);
  }
}
