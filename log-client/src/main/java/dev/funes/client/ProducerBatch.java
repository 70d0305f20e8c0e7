package dev.funes.client;

import dev.funes.record.Header;
import dev.funes.record.RecordBatch;
import dev.funes.record.RecordBatchBuilder;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Records of one partition on their way, with the futures that wait for them.
 *
 * <p>While it is open, the lock of the {@link RecordBuffer} guards it; once it is sealed it belongs
 * to the sender's thread.
 */
final class ProducerBatch {
  final TopicPartition partition;
  final long createdNanos;
  private final CompletableFuture<@Nullable Void> settled = new CompletableFuture<>();
  private final List<CompletableFuture<RecordPosition>> futures = new ArrayList<>();
  private long[] timestampsMillis = new long[16];
  private @Nullable RecordBatchBuilder builder;

  /** What it takes of the producer's buffer until it is settled. */
  long reservedBytes;

  /** Someone waits for it: do not linger. */
  boolean hurried;

  // What follows is for the sender alone.
  @Nullable ProducerIdentity identity;
  int baseSequence;
  boolean inFlight;

  /** It is in the log, but one before it is not yet. */
  boolean appended;

  long baseOffset;

  /** Some try of it may have been written although nobody said so. */
  boolean maybeWritten;

  /** One before it has failed for good, so its number can never be the next one. */
  boolean behindGap;

  int renumberings;
  @Nullable Failure lastFailure;
  private @Nullable ByteBuffer bytes;

  ProducerBatch(TopicPartition partition, RecordBatchBuilder builder, long createdNanos) {
    this.partition = partition;
    this.builder = builder;
    this.createdNanos = createdNanos;
  }

  /** The future of the record, or null when it does not fit. */
  @Nullable CompletableFuture<RecordPosition> append(
      long timestampMillis,
      byte @Nullable [] key,
      byte @Nullable [] value,
      List<Header> headers,
      long bytesReserved) {
    if (builder == null || !builder.append(timestampMillis, key, value, headers)) {
      return null;
    }
    if (futures.size() == timestampsMillis.length) {
      timestampsMillis = Arrays.copyOf(timestampsMillis, 2 * timestampsMillis.length);
    }
    timestampsMillis[futures.size()] = timestampMillis;
    CompletableFuture<RecordPosition> future = new CompletableFuture<>();
    futures.add(future);
    reservedBytes += bytesReserved;
    return future;
  }

  int recordCount() {
    return futures.size();
  }

  boolean isFull(int batchBytes) {
    return builder == null || builder.estimatedBytes() >= batchBytes;
  }

  /**
   * Numbers the batch; returns the builder, for another use, when this has built it.
   *
   * <p>A batch that was numbered before is copied: the network may still hold the bytes.
   */
  @Nullable RecordBatchBuilder number(ProducerIdentity newIdentity, int sequence) {
    identity = newIdentity;
    baseSequence = sequence;
    RecordBatchBuilder used = builder;
    if (used != null) {
      bytes = used.producer(newIdentity.producerId(), newIdentity.epoch(), sequence).build();
      builder = null;
    } else {
      bytes =
          RecordBatch.at(bytes(), 0)
              .withProducer(newIdentity.producerId(), newIdentity.epoch(), sequence);
    }
    return used;
  }

  /** The numbered batch. */
  ByteBuffer bytes() {
    if (bytes == null) {
      throw new IllegalStateException("expected a numbered batch, was one that is not built");
    }
    return bytes;
  }

  int sizeBytes() {
    return bytes().remaining();
  }

  void succeed() {
    for (int i = 0; i < futures.size(); i++) {
      futures
          .get(i)
          .complete(
              new RecordPosition(
                  partition.topic(), partition.partition(), baseOffset + i, timestampsMillis[i]));
    }
    settled.complete(null);
  }

  void fail(FunesException failure) {
    for (CompletableFuture<RecordPosition> future : futures) {
      future.completeExceptionally(failure);
    }
    settled.complete(null);
  }

  /** Completes, never with a failure, when every future of it has completed. */
  CompletableFuture<@Nullable Void> settled() {
    return settled;
  }
}
