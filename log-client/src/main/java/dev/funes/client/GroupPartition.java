package dev.funes.client;

import org.jspecify.annotations.Nullable;

/**
 * How far a consumer group has come in one partition.
 *
 * @param memberId who reads it; empty: nobody
 * @param revoking that member has to let go of it
 * @param storedOffset of the next record to read; null when none was stored
 * @param commitTimeMillis when it was, in milliseconds since 1970-01-01 UTC
 * @param metadata free text that was stored beside it
 * @param logStartOffset the first offset still there
 * @param endOffset the next offset to be written
 * @param lagRecords how many are left to read; null without a stored offset
 * @param lagMillis how long the oldest of them has been waiting; 0 without lag, null when unknown
 * @param recordsPerSecond how many were committed a second over the last minute
 */
public record GroupPartition(
    TopicPartition partition,
    String memberId,
    boolean revoking,
    @Nullable Long storedOffset,
    @Nullable Long commitTimeMillis,
    String metadata,
    long logStartOffset,
    long endOffset,
    @Nullable Long lagRecords,
    @Nullable Long lagMillis,
    double recordsPerSecond) {
  public GroupPartition(
      TopicPartition partition,
      String memberId,
      boolean revoking,
      @Nullable Long storedOffset,
      @Nullable Long commitTimeMillis,
      String metadata,
      long logStartOffset,
      long endOffset,
      @Nullable Long lagRecords,
      @Nullable Long lagMillis,
      double recordsPerSecond) {
    this.partition = partition;
    this.memberId = memberId;
    this.revoking = revoking;
    this.storedOffset = storedOffset;
    this.commitTimeMillis = commitTimeMillis;
    this.metadata = metadata;
    this.logStartOffset = logStartOffset;
    this.endOffset = endOffset;
    this.lagRecords = lagRecords;
    this.lagMillis = lagMillis;
    this.recordsPerSecond = recordsPerSecond;
  }
}
