package dev.funes.server.grpc;

import dev.funes.proto.v1.Record;
import dev.funes.proto.v1.RecordList;
import dev.funes.record.LogRecord;
import java.util.function.Predicate;

/** Gathers the records from an offset on for one response, until it is full. One thread. */
final class PlainPiece implements Predicate<LogRecord> {
  /** What a record takes in memory besides its bytes, about. */
  private static final int RECORD_BYTES = 64;

  private final RecordList.Builder records = RecordList.newBuilder();
  private final long from;
  private final long until;
  private final int bytesMax;
  private long bytes;
  private long nextOffset;

  /**
   * @param until exclusive
   */
  PlainPiece(long from, long until, int bytesMax) {
    this.from = from;
    this.until = until;
    this.bytesMax = bytesMax;
    this.nextOffset = from;
  }

  /** Takes the record if it is wanted; false when it was the last one. */
  @Override
  public boolean test(LogRecord logged) {
    if (logged.offset() >= from && logged.offset() < until) {
      Record plain = PlainRecords.toPlain(logged);
      records.addRecords(plain);
      bytes += RECORD_BYTES + (long) plain.getSerializedSize();
      nextOffset = logged.offset() + 1;
    }
    return !isFull();
  }

  boolean isFull() {
    return bytes >= bytesMax;
  }

  /** The offset after the last record. */
  long nextOffset() {
    return nextOffset;
  }

  RecordList records() {
    return records.build();
  }
}
