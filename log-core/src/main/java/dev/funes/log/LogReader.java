package dev.funes.log;

import dev.funes.log.PartitionLog.Fetch;
import dev.funes.log.PartitionLog.TimestampHit;
import dev.funes.record.InvalidBatchException;
import dev.funes.record.LogRecord;
import dev.funes.record.RecordBatch;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.jspecify.annotations.Nullable;

/** Finds batches in one view of a log. */
final class LogReader {
  private final LogView view;

  LogReader(LogView view) {
    this.view = view;
  }

  Fetch fetch(long offset, int bytesMax) {
    if (offset < view.startOffset()) {
      return new Fetch.BelowStart(view.startOffset());
    }
    if (offset >= view.endOffset()) {
      return offset == view.endOffset()
          ? new Fetch.AtEnd(offset)
          : new Fetch.BeyondEnd(view.endOffset());
    }
    int segment = view.segmentOf(offset);
    ByteBuffer bytes = view.bytes(segment);
    int from = positionOf(segment, bytes, offset);
    long firstOffset = RecordBatch.at(bytes, from).baseOffset();
    int to = endWithin(segment, bytes, from, bytesMax);
    long nextOffset =
        to == bytes.limit() ? view.nextOffset(segment) : RecordBatch.at(bytes, to).baseOffset();
    return new Fetch.Batches(firstOffset, bytes.slice(from, to - from), nextOffset);
  }

  /** Where the batch starts that holds an offset of this segment. */
  private int positionOf(int segment, ByteBuffer bytes, long offset) {
    Segment holder = view.segments().get(segment);
    int position = holder.index().atOffset(offset - holder.baseOffset());
    while (true) {
      RecordBatch batch = RecordBatch.at(bytes, position);
      if (offset < batch.nextOffset()) {
        return position;
      }
      position += batch.sizeBytes();
    }
  }

  /** Where the last whole batch ends that is within the limit, after the first one in any case. */
  private int endWithin(int segment, ByteBuffer bytes, int from, int bytesMax) {
    long limit = Math.min((long) from + bytesMax, bytes.limit());
    if (limit == bytes.limit()) {
      return bytes.limit();
    }
    int position = Math.max(from, view.segments().get(segment).index().atPosition(limit));
    int end = position;
    while (end < bytes.limit()) {
      int next = end + RecordBatch.sizeBytesAt(bytes, end);
      if (next > limit) {
        return end == from ? next : end;
      }
      end = next;
    }
    return end;
  }

  @Nullable TimestampHit find(long timestampMillis) {
    if (view.segments().isEmpty()) {
      return null;
    }
    for (int i = view.segmentOf(view.startOffset()); i < view.segments().size(); i++) {
      if (view.segments().get(i).maxTimestampMillis() >= timestampMillis) {
        TimestampHit hit = find(i, timestampMillis);
        if (hit != null) {
          return hit;
        }
      }
    }
    return null;
  }

  private @Nullable TimestampHit find(int segment, long timestampMillis) {
    ByteBuffer bytes = view.bytes(segment);
    int position = view.segments().get(segment).index().atTimestamp(timestampMillis);
    while (position < bytes.limit()) {
      RecordBatch batch = RecordBatch.at(bytes, position);
      if (batch.maxTimestamp() >= timestampMillis && batch.nextOffset() > view.startOffset()) {
        TimestampHit hit = find(batch, timestampMillis);
        if (hit != null) {
          return hit;
        }
      }
      position += batch.sizeBytes();
    }
    return null;
  }

  private @Nullable TimestampHit find(RecordBatch batch, long timestampMillis) {
    try {
      LogRecord[] found = new LogRecord[1];
      batch.forEachWhile(
          RecordBatch.UNCOMPRESSED_BYTES_MAX,
          record -> {
            if (record.timestampMillis() < timestampMillis
                || record.offset() < view.startOffset()) {
              return true;
            }
            found[0] = record;
            return false;
          });
      // Null when the record with the greatest timestamp is one that was trimmed.
      return found[0] == null
          ? null
          : new TimestampHit(found[0].offset(), found[0].timestampMillis());
    } catch (InvalidBatchException e) {
      // The header says that it is in here; whoever reads on from the batch will not miss it.
      return new TimestampHit(
          Math.max(batch.baseOffset(), view.startOffset()), batch.maxTimestamp());
    }
  }

  Digest digest() {
    MessageDigest digest = sha256();
    if (view.startOffset() < view.endOffset()) {
      int first = view.segmentOf(view.startOffset());
      for (int segment = first; segment < view.segments().size(); segment++) {
        ByteBuffer bytes = view.bytes(segment);
        int from = segment == first ? positionOf(segment, bytes, view.startOffset()) : 0;
        digest.update(bytes.slice(from, bytes.limit() - from));
      }
    }
    return Digest.of(digest);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }
}
