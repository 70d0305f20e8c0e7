package dev.funes.client;

import org.jspecify.annotations.Nullable;

/**
 * The stored offset of a consumer group in one partition.
 *
 * @param offset the offset of the next record to read
 * @param leaderEpoch of the last record read; null when unknown
 * @param metadata free text of the consumer, at most 4,096 bytes
 * @param commitTimeMillis when it was stored, milliseconds since 1970-01-01 UTC; set by the cluster
 */
public record CommittedOffset(
    TopicPartition partition,
    long offset,
    @Nullable Integer leaderEpoch,
    String metadata,
    long commitTimeMillis) {
  /** An offset to be stored. */
  public static CommittedOffset of(TopicPartition partition, long offset) {
    return new CommittedOffset(partition, offset, null, "", 0);
  }
}
