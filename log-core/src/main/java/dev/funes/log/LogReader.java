package dev.funes.log;

import dev.funes.log.PartitionLog.Fetch;
import dev.funes.log.PartitionLog.TimestampHit;
import dev.funes.record.InvalidBatchException;
import dev.funes.record.LogRecord;
import dev.funes.record.RecordBatch;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Finds batches in one view of a log. */
final class LogReader {
  /** How often a mapping may go in the middle of one read before that is no chance any more. */
  private static final int TRIES_MAX = 3;

  private final LogView view;
  private final long checkAgeMillis;

  /**
   * @param checkAgeMillis batches that were neither written nor checked for so long are checked
   *     before anything in them is believed
   */
  LogReader(LogView view, long checkAgeMillis) {
    this.view = view;
    this.checkAgeMillis = checkAgeMillis;
  }

  /**
   * The one place where a reader learns that a segment was closed or unmapped under it. Closed it
   * is only after a newer view without it was published, and the newer view has the answer, such as
   * {@link Fetch.BelowStart}; unmapped it is when nobody had read it for long, and comes back.
   *
   * <p>And where it learns that what it took for whole is not, which is looked at again: a batch
   * without sense, or a fault in memory because the file has become shorter.
   */
  @SuppressWarnings("ReferenceEquality") // Whether it is that very view, not one that is the same.
  static <T extends @Nullable Object> T ask(PartitionLog log, Function<LogReader, T> question) {
    int triesOfOneView = 0;
    while (true) {
      LogView now = log.view();
      try {
        return question.apply(new LogReader(now, log.files().checkAgeMillis()));
      } catch (IllegalStateException | InvalidBatchException | InternalError e) {
        if (!(e instanceof IllegalStateException)) {
          now.segments().forEach(segment -> segment.marks().clear());
        }
        if (log.isReleased() || (log.view() == now && ++triesOfOneView == TRIES_MAX)) {
          throw e;
        }
      }
    }
  }

  Fetch fetch(long offset, int bytesMax) {
    if (offset < view.startOffset()) {
      return new Fetch.BelowStart(view.startOffset());
    }
    return stored(offset, bytesMax);
  }

  /** As {@link #fetch}, also below the log start as far as there are segments. */
  Fetch stored(long offset, int bytesMax) {
    if (offset >= view.endOffset()) {
      return offset == view.endOffset()
          ? new Fetch.AtEnd(offset)
          : new Fetch.BeyondEnd(view.endOffset());
    }
    if (view.segments().isEmpty() || offset < view.segments().getFirst().baseOffset()) {
      return new Fetch.BelowStart(view.startOffset());
    }
    int segment = view.segmentOf(offset);
    Segment holder = view.segments().get(segment);
    ReadCheck check = new ReadCheck(view, segment, checkAgeMillis);
    int unit = check.index().unitAtOffset(offset - holder.baseOffset());
    int start = check.index().start(unit);
    int readable = check.readableEnd(unit, (long) start + bytesMax);
    if (offset >= check.readableOffset()) {
      return damaged(check);
    }
    ByteBuffer bytes = holder.bytes();
    int from = positionOf(bytes, start, offset);
    if (check.damage() == null && (long) from + bytesMax >= readable) {
      readable = check.readableEnd(unit, (long) from + bytesMax);
    }
    ByteBuffer whole = bytes.slice(0, readable);
    long firstOffset = RecordBatch.at(whole, from).baseOffset();
    int to = endWithin(check.index(), whole, from, bytesMax);
    long nextOffset =
        to == readable ? check.readableOffset() : RecordBatch.at(whole, to).baseOffset();
    return new Fetch.Batches(firstOffset, whole.slice(from, to - from), nextOffset);
  }

  private static Fetch damaged(ReadCheck check) {
    Damage damage = check.damage();
    if (damage == null) {
      throw new IllegalStateException("expected the offset before the end of its unit");
    }
    return new Fetch.Damaged(damage);
  }

  /** Where the batch starts that holds an offset, from a batch before it on. */
  private static int positionOf(ByteBuffer bytes, int start, long offset) {
    int position = start;
    while (true) {
      RecordBatch batch = RecordBatch.at(bytes, position);
      if (offset < batch.nextOffset()) {
        return position;
      }
      position += batch.sizeBytes();
    }
  }

  /** Where the last whole batch ends that is within the limit, after the first one in any case. */
  private static int endWithin(OffsetIndex index, ByteBuffer bytes, int from, int bytesMax) {
    long limit = Math.min((long) from + bytesMax, bytes.limit());
    if (limit == bytes.limit()) {
      return bytes.limit();
    }
    int end = Math.max(from, index.atPosition(limit));
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
    ReadCheck check = new ReadCheck(view, segment, checkAgeMillis);
    int unit = check.index().unitAtTimestamp(timestampMillis);
    int position = check.index().start(unit);
    int end = view.endPosition(segment);
    while (position < end) {
      int readable = check.readableEnd(unit, position);
      ByteBuffer bytes = view.segments().get(segment).bytes().slice(0, readable);
      while (position < readable) {
        RecordBatch batch = RecordBatch.at(bytes, position);
        if (batch.maxTimestamp() >= timestampMillis && batch.nextOffset() > view.startOffset()) {
          TimestampHit hit = find(batch, timestampMillis);
          if (hit != null) {
            return hit;
          }
        }
        position += batch.sizeBytes();
      }
      if (check.damage() != null) {
        throw new DamagedLogException(check.damage());
      }
      unit = check.index().unitAtPosition(position);
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
        int from = segment == first ? startPosition(segment, bytes) : 0;
        digest.update(bytes.slice(from, bytes.limit() - from));
      }
    }
    return Digest.of(digest);
  }

  private int startPosition(int segment, ByteBuffer bytes) {
    Segment holder = view.segments().get(segment);
    OffsetIndex index = holder.index();
    int unit = index.unitAtOffset(view.startOffset() - holder.baseOffset());
    return positionOf(bytes, index.start(unit), view.startOffset());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }
}
