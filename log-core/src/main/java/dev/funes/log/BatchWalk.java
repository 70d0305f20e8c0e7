package dev.funes.log;

import dev.funes.record.InvalidBatchException;
import dev.funes.record.RecordBatch;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Walks the batches of a segment from its start and checks that each goes on where the one before
 * ended; on the way it collects what a {@link Segment} has to know of its batches. Not thread-safe.
 */
final class BatchWalk {
  /**
   * Fields that the checksum of a batch does not cover, and that checksum itself, come first in it.
   */
  static final int PREFIX_BYTES = 21;

  private static final int MAGIC = 2;

  private final ByteBuffer bytes;
  private final int limit;
  private final boolean checksums;
  private final CRC32C headersCrc = new CRC32C();
  private final OffsetIndex index = new OffsetIndex();
  private final LeaderEpochs epochs = new LeaderEpochs();
  private final long baseOffset;
  private int position;
  private long nextOffset;
  private long maxTimestampMillis = Long.MIN_VALUE;

  /**
   * A walk that has seen nothing yet.
   *
   * @param bytes a segment from its start
   * @param limit position where the walk ends; a batch that crosses it is damage
   * @param checksums whether to read every byte and not the headers alone
   */
  BatchWalk(ByteBuffer bytes, int limit, long baseOffset, boolean checksums) {
    this.bytes = bytes;
    this.limit = limit;
    this.baseOffset = baseOffset;
    this.nextOffset = baseOffset;
    this.checksums = checksums;
  }

  boolean atLimit() {
    return position == limit;
  }

  /** Says what is wrong with the batch at the walk's position; null when nothing is. */
  @Nullable String problem() {
    try {
      if (limit - position < RecordBatch.HEADER_BYTES) {
        return "a batch header needs "
            + RecordBatch.HEADER_BYTES
            + " bytes, there are "
            + (limit - position);
      }
      int size = RecordBatch.sizeBytesAt(bytes, position);
      if (size > limit - position) {
        return "the batch is said to have " + size + " bytes, there are " + (limit - position);
      }
      return problem(RecordBatch.at(bytes, position), nextOffset, checksums);
    } catch (InvalidBatchException e) {
      return e.getMessage();
    }
  }

  /** Says what is wrong with a batch that is to have this base offset; null when nothing is. */
  static @Nullable String problem(RecordBatch batch, long expectedOffset, boolean checksums) {
    if (batch.baseOffset() != expectedOffset) {
      return "expected base offset " + expectedOffset + ", was " + batch.baseOffset();
    }
    if (batch.magic() != MAGIC) {
      return "expected magic " + MAGIC + ", was " + batch.magic();
    }
    if (batch.lastOffsetDelta() < 0) {
      return "expected a last offset delta from 0, was " + batch.lastOffsetDelta();
    }
    if (checksums && !batch.crcMatches()) {
      return "the checksum of the batch does not match its bytes";
    }
    return null;
  }

  /** Goes past the batch at the walk's position, which must have no {@link #problem}. */
  RecordBatch advance() {
    RecordBatch batch = RecordBatch.at(bytes, position);
    index.add((int) (batch.baseOffset() - baseOffset), position, maxTimestampMillis);
    epochs.add(batch.baseOffset(), batch.leaderEpoch());
    headersCrc.update(bytes.slice(position, PREFIX_BYTES));
    maxTimestampMillis = Math.max(maxTimestampMillis, batch.maxTimestamp());
    position += batch.sizeBytes();
    nextOffset = batch.nextOffset();
    return batch;
  }

  /** Goes on to the limit. Throws CorruptLogException at the first batch with a problem. */
  void finish(Path file) throws CorruptLogException {
    while (!atLimit()) {
      String problem = problem();
      if (problem != null) {
        throw new CorruptLogException(file, position, problem);
      }
      advance();
    }
  }

  int position() {
    return position;
  }

  long nextOffset() {
    return nextOffset;
  }

  /** Greatest timestamp of the batches passed, Long.MIN_VALUE before the first. */
  long maxTimestampMillis() {
    return maxTimestampMillis;
  }

  OffsetIndex index() {
    return index;
  }

  /** The leader epochs of the batches passed; goes on from here when batches are appended. */
  LeaderEpochs epochs() {
    return epochs;
  }

  /**
   * The checksum that {@link SegmentPosition#headersCrc} is about; goes on from here when batches
   * are appended.
   */
  CRC32C headersCrc() {
    return headersCrc;
  }
}
