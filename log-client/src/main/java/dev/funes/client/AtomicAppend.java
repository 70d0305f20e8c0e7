package dev.funes.client;

import com.google.protobuf.UnsafeByteOperations;
import dev.funes.proto.v1.ProduceRequest;
import dev.funes.record.RecordBatch;
import dev.funes.record.RecordBatchBuilder;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * One batch of one partition that is appended whole or not at all, and the future of it.
 *
 * <p>Made by the caller's thread, then used by one thread of {@link AtomicAppends} at a time.
 */
final class AtomicAppend {
  /** The largest batch that nodes take unless they are configured otherwise. */
  static final int BATCH_BYTES_MAX = 4 << 20;

  /** Append wherever the partition ends. */
  static final long ANYWHERE = -1;

  final TopicPartition partition;
  final int recordCount;
  private final long expectedOffset;
  private final long firstTimestampMillis;
  private final ByteBuffer batch;
  private final CompletableFuture<RecordPosition> future = new CompletableFuture<>();

  /** Some try of it may have been written although nobody said so. */
  boolean maybeWritten;

  private AtomicAppend(
      TopicPartition partition,
      long expectedOffset,
      int recordCount,
      long firstTimestampMillis,
      ByteBuffer batch) {
    this.partition = partition;
    this.expectedOffset = expectedOffset;
    this.recordCount = recordCount;
    this.firstTimestampMillis = firstTimestampMillis;
    this.batch = batch;
  }

  /**
   * Encodes the records.
   *
   * @param expectedOffset or {@link #ANYWHERE}
   * @throws FunesException INVALID_ARGUMENT, RECORD_TOO_LARGE, BATCH_TOO_LARGE
   */
  static AtomicAppend of(
      ClientConfig config,
      TopicPartition partition,
      long expectedOffset,
      List<ProducerRecord> records) {
    if (records.isEmpty()) {
      throw invalid("records", "records: there is none to append");
    }
    RecordBatchBuilder builder = new RecordBatchBuilder(config.compression(), BATCH_BYTES_MAX);
    long now = System.currentTimeMillis();
    for (int i = 0; i < records.size(); i++) {
      ProducerRecord record = records.get(i);
      check(config, partition, record, i);
      boolean taken =
          builder.append(
              timestampMillis(record, now), record.key(), record.value(), record.headers());
      if (!taken) {
        throw new FunesException(
            ErrorCode.BATCH_TOO_LARGE,
            "the %d records do not fit into one batch of %d bytes; %d of them do"
                .formatted(records.size(), BATCH_BYTES_MAX, i),
            "records",
            BATCH_BYTES_MAX,
            null);
      }
    }
    return new AtomicAppend(
        partition,
        expectedOffset,
        records.size(),
        timestampMillis(records.getFirst(), now),
        builder.build());
  }

  private static long timestampMillis(ProducerRecord record, long nowMillis) {
    return record.timestampMillis() == ProducerRecord.NOW ? nowMillis : record.timestampMillis();
  }

  private static void check(
      ClientConfig config, TopicPartition partition, ProducerRecord record, int index) {
    Integer named = record.partition();
    if (!record.topic().equals(partition.topic())
        || (named != null && named != partition.partition())) {
      throw invalid(
          "records",
          "record %d is for %s%s, and the batch for %s"
              .formatted(index, record.topic(), named == null ? "" : "/" + named, partition));
    }
    long bytes = RecordSize.bytes(record.key(), record.value(), record.headers());
    if (bytes > config.recordBytesMax()) {
      throw new FunesException(
          ErrorCode.RECORD_TOO_LARGE,
          "a record may have %d bytes (recordBytesMax), record %d has %d"
              .formatted(config.recordBytesMax(), index, bytes),
          "record",
          config.recordBytesMax(),
          null);
    }
  }

  static FunesException invalid(String field, String message) {
    return new FunesException(ErrorCode.INVALID_ARGUMENT, message, field, 0, null);
  }

  boolean isExpectedBeyond(long endOffset) {
    return expectedOffset > endOffset;
  }

  int sizeBytes() {
    return batch.remaining();
  }

  CompletableFuture<RecordPosition> future() {
    return future;
  }

  /** The request under this number; the network keeps the bytes, so each is a copy. */
  ProduceRequest request(ProducerIdentity identity, int sequence) {
    ByteBuffer numbered =
        RecordBatch.at(batch, 0).withProducer(identity.producerId(), identity.epoch(), sequence);
    ProduceRequest.Builder request =
        ProduceRequest.newBuilder()
            .setCorrelationId(1)
            .setTopic(partition.topic())
            .setPartition(partition.partition())
            .setBatch(UnsafeByteOperations.unsafeWrap(numbered));
    return expectedOffset == ANYWHERE
        ? request.build()
        : request.setExpectedOffset(expectedOffset).build();
  }

  void succeed(long baseOffset) {
    future.complete(
        new RecordPosition(
            partition.topic(), partition.partition(), baseOffset, firstTimestampMillis));
  }

  void fail(FunesException failure) {
    future.completeExceptionally(failure);
  }
}
