package dev.funes.server.grpc;

import dev.funes.filter.Filter;
import dev.funes.proto.v1.Record;
import dev.funes.proto.v1.RecordList;
import dev.funes.record.LogRecord;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Gathers the records from an offset on for one response, those that a filter lets through if there
 * is one, until it is full or enough has been looked at. One thread.
 */
final class PlainPiece implements Predicate<LogRecord> {
  /** Where the records come from, and which are wanted. */
  record Wanted(String topic, int partition, long from, long until, @Nullable Filter filter) {
    Wanted(String topic, int partition, long from, long until, @Nullable Filter filter) {
      this.topic = topic;
      this.partition = partition;
      this.from = from;
      this.until = until;
      this.filter = filter;
    }

    boolean has(LogRecord record) {
      return filter == null || filter.matches(topic, partition, record);
    }
  }

  /** What a record takes in memory besides its bytes, about. */
  private static final int RECORD_BYTES = 64;

  /**
   * A filter looks at no more at a time, uncompressed. What is left of a batch is decoded again the
   * next time, so it must not be little.
   */
  private static final long LOOKED_AT_BYTES_MAX = 4L << 20;

  private static final long LOOKED_AT_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(50);

  private final RecordList.Builder records = RecordList.newBuilder();
  private final Wanted wanted;
  private final int bytesMax;
  private final long startedNanos = System.nanoTime();
  private long bytes;
  private long lookedAtBytes;
  private boolean late;
  private long nextOffset;

  PlainPiece(Wanted wanted, int bytesMax) {
    this.wanted = wanted;
    this.bytesMax = bytesMax;
    this.nextOffset = wanted.from;
  }

  /** Takes the record if it is wanted; false when it was the last one. */
  @Override
  public boolean test(LogRecord logged) {
    if (logged.offset() >= wanted.from && logged.offset() < wanted.until) {
      if (wanted.has(logged)) {
        Record plain = PlainRecords.toPlain(logged);
        records.addRecords(plain);
        bytes += RECORD_BYTES + (long) plain.getSerializedSize();
      }
      nextOffset = logged.offset() + 1;
      lookedAt(logged);
    }
    return !isFull();
  }

  private void lookedAt(LogRecord logged) {
    if (wanted.filter != null) {
      lookedAtBytes += RECORD_BYTES + size(logged.key()) + size(logged.value());
      late = System.nanoTime() - startedNanos > LOOKED_AT_NANOS_MAX;
    }
  }

  private static long size(byte @Nullable [] bytes) {
    return bytes == null ? 0 : bytes.length;
  }

  /** Whether there may be more records where the last ones came from. */
  boolean isFull() {
    return bytes >= bytesMax || lookedAtBytes >= LOOKED_AT_BYTES_MAX || late;
  }

  /** The offset after the last record that was looked at. */
  long nextOffset() {
    return nextOffset;
  }

  RecordList records() {
    return records.build();
  }
}
