package dev.funes.record;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Goes through the records of one batch, in order, refusing whatever is not exactly a record. */
final class RecordReader {
  /** Length, attributes, timestamp delta, offset delta, key length, value length, header count. */
  private static final int RECORD_BYTES_MIN = 7;

  private static final int FIRST_LIST_CAPACITY = 1024;

  private final RecordBatch batch;
  private final RecordInput in;

  /** Where the record that is being read ends, in consumed bytes. */
  private long end;

  private RecordReader(RecordBatch batch, RecordInput in) {
    this.batch = batch;
    this.in = in;
  }

  /** Decodes every record. */
  static List<LogRecord> readAll(RecordBatch batch, int uncompressedBytesMax) {
    List<LogRecord> records =
        new ArrayList<>(Math.clamp(batch.recordCount(), 0, FIRST_LIST_CAPACITY));
    readWhile(batch, uncompressedBytesMax, records::add);
    return Collections.unmodifiableList(records);
  }

  /** Decodes record by record as long as the visitor wants another one. */
  static void readWhile(RecordBatch batch, int uncompressedBytesMax, Predicate<LogRecord> visitor) {
    if (batch.magic() != BatchLayout.CURRENT_MAGIC) {
      throw new InvalidBatchException("batch.magic", "expected 2, was " + batch.magic());
    }
    if (!batch.crcMatches()) {
      throw new InvalidBatchException("batch.crc", "the checksum does not match the bytes");
    }
    int count = checkedCount(batch, uncompressedBytesMax);
    try (RecordInput in = RecordInput.open(batch, uncompressedBytesMax)) {
      RecordReader reader = new RecordReader(batch, in);
      int before = -1;
      for (int i = 0; i < count; i++) {
        reader.begin();
        LogRecord record = reader.read(before);
        before = (int) (record.offset() - batch.baseOffset());
        if (!visitor.test(record)) {
          return;
        }
      }
      in.expectEnd();
    }
  }

  /**
   * Checks every record without keeping anything of it. Offset deltas must be 0, 1, 2 and so on,
   * and the greatest timestamp must be the one in the header.
   *
   * @return the size of the first record above the limit, or -1 when there is none
   */
  static long walk(RecordBatch batch, int recordBytesMax, int uncompressedBytesMax) {
    int count = checkedCount(batch, uncompressedBytesMax);
    long maxTimestamp = Long.MIN_VALUE;
    try (RecordInput in = RecordInput.open(batch, uncompressedBytesMax)) {
      RecordReader reader = new RecordReader(batch, in);
      for (int i = 0; i < count; i++) {
        int length = reader.begin();
        if (length > recordBytesMax) {
          return length;
        }
        maxTimestamp = Math.max(maxTimestamp, reader.skip(i));
      }
      in.expectEnd();
    }
    if (maxTimestamp != batch.maxTimestamp()) {
      throw new InvalidBatchException(
          "batch.maxTimestamp",
          "expected the greatest of the records, "
              + maxTimestamp
              + ", was "
              + batch.maxTimestamp());
    }
    return -1;
  }

  private static int checkedCount(RecordBatch batch, int uncompressedBytesMax) {
    int count = batch.recordCount();
    if (count < 0 || (long) count * RECORD_BYTES_MIN > uncompressedBytesMax) {
      throw new InvalidBatchException(
          "batch.recordCount",
          "expected 0 to " + uncompressedBytesMax / RECORD_BYTES_MIN + ", was " + count);
    }
    return count;
  }

  private int begin() {
    int length = in.varint();
    if (length < RECORD_BYTES_MIN - 1) {
      throw new InvalidBatchException("record.length", "expected 6 or more, was " + length);
    }
    in.expectRoom(length, "record.length");
    end = in.consumedBytes() + length;
    return length;
  }

  private LogRecord read(int deltaBefore) {
    in.read();
    long timestamp = timestamp(in.varlong());
    int delta = in.varint();
    if (delta <= deltaBefore || delta > batch.lastOffsetDelta()) {
      throw new InvalidBatchException(
          "record.offsetDelta",
          "expected " + (deltaBefore + 1L) + " to " + batch.lastOffsetDelta() + ", was " + delta);
    }
    byte[] key = bytes("record.key");
    byte[] value = bytes("record.value");
    int headerCount = headerCount();
    List<Header> headers = headerCount == 0 ? List.of() : new ArrayList<>(headerCount);
    for (int i = 0; i < headerCount; i++) {
      byte[] name = bytes("record.headerName");
      if (name == null) {
        throw new InvalidBatchException("record.headerName", "expected a name, was null");
      }
      headers.add(
          new Header(new String(name, StandardCharsets.UTF_8), bytes("record.headerValue")));
    }
    expectRecordEnd();
    return new LogRecord(batch.baseOffset() + delta, timestamp, key, value, headers);
  }

  /** Returns the timestamp. */
  private long skip(int expectedDelta) {
    in.read();
    long timestamp = timestamp(in.varlong());
    if (timestamp < BatchLayout.NONE) {
      throw new InvalidBatchException("record.timestamp", "expected -1 or more, was " + timestamp);
    }
    int delta = in.varint();
    if (delta != expectedDelta) {
      throw new InvalidBatchException(
          "record.offsetDelta", "expected " + expectedDelta + ", was " + delta);
    }
    in.skip(length("record.key", true));
    in.skip(length("record.value", true));
    int headerCount = headerCount();
    for (int i = 0; i < headerCount; i++) {
      in.skip(length("record.headerName", false));
      in.skip(length("record.headerValue", true));
    }
    expectRecordEnd();
    return timestamp;
  }

  private long timestamp(long delta) {
    return batch.hasAppendTime() ? batch.maxTimestamp() : batch.baseTimestamp() + delta;
  }

  private byte @Nullable [] bytes(String field) {
    int length = in.varint();
    if (length == -1) {
      return null;
    }
    return in.bytes(checkedLength(length, field));
  }

  /** Zero for null, which takes no bytes either. */
  private int length(String field, boolean nullable) {
    int length = in.varint();
    return nullable && length == -1 ? 0 : checkedLength(length, field);
  }

  private int checkedLength(int length, String field) {
    long room = end - in.consumedBytes();
    if (length < 0 || length > room) {
      throw new InvalidBatchException(field, "expected 0 to " + room + " bytes, was " + length);
    }
    return length;
  }

  private int headerCount() {
    int count = in.varint();
    long most = (end - in.consumedBytes()) / 2;
    if (count < 0 || count > most) {
      throw new InvalidBatchException("record.headers", "expected 0 to " + most + ", was " + count);
    }
    return count;
  }

  private void expectRecordEnd() {
    if (in.consumedBytes() != end) {
      throw new InvalidBatchException(
          "record.length",
          "the fields end " + (in.consumedBytes() - end) + " bytes after the record does");
    }
  }
}
