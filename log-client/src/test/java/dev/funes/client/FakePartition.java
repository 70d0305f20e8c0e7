package dev.funes.client;

import dev.funes.proto.v1.Appended;
import dev.funes.proto.v1.Error;
import dev.funes.proto.v1.ErrorCode;
import dev.funes.record.LogRecord;
import dev.funes.record.RecordBatch;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A partition in memory that tells duplicates and gaps of producers as a real one does. */
final class FakePartition {
  private static final int REMEMBERED_BATCHES = 5;

  private static final long ANYWHERE = -1;

  private record Written(int baseSequence, int lastSequence, long baseOffset) {}

  private final List<ByteBuffer> batches = new ArrayList<>();
  private final Map<Long, List<Written>> producers = new HashMap<>();
  private long startOffset;
  private long endOffset;

  /** An {@link Appended}, or an {@link Error}. */
  synchronized Object append(ByteBuffer bytes) {
    return append(bytes, ANYWHERE);
  }

  /** Duplicates are judged first, then the sequence, then where the log ends. */
  synchronized Object append(ByteBuffer bytes, long expectedOffset) {
    RecordBatch batch = RecordBatch.at(bytes, 0);
    if (!batch.crcMatches() || batch.baseSequence() < 0) {
      return error(ErrorCode.CORRUPT_BATCH, "the batch is damaged");
    }
    List<Written> written = producers.get(batch.producerId());
    if (written == null && batch.baseSequence() != 0) {
      return error(ErrorCode.UNKNOWN_PRODUCER, "producer " + batch.producerId());
    }
    if (written != null) {
      for (Written one : written) {
        if (one.baseSequence == batch.baseSequence() && one.lastSequence == batch.lastSequence()) {
          return Appended.newBuilder().setBaseOffset(one.baseOffset).setDuplicate(true).build();
        }
      }
      int expected = (written.getLast().lastSequence + 1) & Integer.MAX_VALUE;
      if (batch.baseSequence() != expected) {
        return error(
            ErrorCode.OUT_OF_ORDER_SEQUENCE,
            "expected %d, was %d".formatted(expected, batch.baseSequence()));
      }
    }
    if (expectedOffset != ANYWHERE && expectedOffset != endOffset) {
      return Error.newBuilder()
          .setCode(ErrorCode.OFFSET_CONFLICT)
          .setMessage("ends at %d, expected %d".formatted(endOffset, expectedOffset))
          .setLimit(endOffset)
          .build();
    }
    remember(batch);
    return Appended.newBuilder().setBaseOffset(write(batch)).build();
  }

  private void remember(RecordBatch batch) {
    List<Written> written =
        producers.computeIfAbsent(batch.producerId(), added -> new ArrayList<>());
    written.add(new Written(batch.baseSequence(), batch.lastSequence(), endOffset));
    if (written.size() > REMEMBERED_BATCHES) {
      written.removeFirst();
    }
  }

  private long write(RecordBatch batch) {
    ByteBuffer copy = ByteBuffer.allocate(batch.sizeBytes());
    copy.put(batch.bytes()).flip();
    copy.put(0, batch.stampedHeader(endOffset, 7), 0, RecordBatch.HEADER_BYTES);
    batches.add(copy);
    long base = endOffset;
    endOffset += batch.recordCount();
    notifyAll();
    return base;
  }

  synchronized void forgetProducers() {
    producers.clear();
  }

  private static Error error(ErrorCode code, String message) {
    return Error.newBuilder().setCode(code).setMessage(message).build();
  }

  synchronized long startOffset() {
    return startOffset;
  }

  synchronized long endOffset() {
    return endOffset;
  }

  synchronized void trimBefore(long offset) {
    batches.removeIf(batch -> RecordBatch.at(batch, 0).nextOffset() <= offset);
    startOffset = offset;
  }

  /** The batch that holds an offset; null at the end. */
  synchronized @Nullable ByteBuffer batchAt(long offset) {
    for (ByteBuffer batch : batches) {
      if (RecordBatch.at(batch, 0).nextOffset() > offset) {
        return batch.duplicate();
      }
    }
    return null;
  }

  synchronized List<LogRecord> records() {
    List<LogRecord> records = new ArrayList<>();
    for (ByteBuffer batch : batches) {
      records.addAll(RecordBatch.at(batch, 0).records(RecordBatch.UNCOMPRESSED_BYTES_MAX));
    }
    return records;
  }

  synchronized long offsetAt(long timestampMillis) {
    for (LogRecord record : records()) {
      if (record.timestampMillis() >= timestampMillis) {
        return record.offset();
      }
    }
    return endOffset;
  }
}
