package dev.funes.log;

import dev.funes.record.RecordBatch;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.IntPredicate;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Finds positions in a segment by offset, by position and by time: one entry for about every 4 KiB
 * of log, and fewer where the segment is large.
 *
 * <p>An entry stands for one batch and holds its base offset (relative to the segment's), its
 * position, and the greatest timestamp of all batches before it; all three never fall. The index of
 * the active segment is in memory; that of a sealed segment is a file with a checksum and the
 * checksum of the log it belongs to. The file is a cache: it is never synced, and whoever finds it
 * missing, damaged or of another log builds it again. One thread adds, any thread reads; a reader
 * that misses the newest entry only walks a little further.
 */
final class OffsetIndex {
  static final int ENTRY_BYTES = 16;
  static final int INTERVAL_BYTES = 4 << 10;

  /**
   * Past 1 MiB the entries of a segment thin out, so that thousands of open segments have room on
   * the heap: 256 MiB take 27 KiB, and a reader walks past at most 1 MiB of headers.
   */
  private static final int INTERVAL_PARTS = 256;

  private static final int MAGIC = 0x46554e31; // "FUN1"
  private static final int FOOTER_BYTES = 28;
  private static final int POSITION = 4;
  private static final int GREATEST_BEFORE = 8;
  private static final Entries NONE = new Entries(ByteBuffer.allocate(0), 0);

  private volatile Entries entries;
  private int
      nextPosition; // Writer only: the first position that is far enough from the last entry.

  OffsetIndex() {
    this(NONE);
  }

  private OffsetIndex(Entries entries) {
    this.entries = entries;
    this.nextPosition = INTERVAL_BYTES;
  }

  /** A prefix of the buffer; entries in it never change. */
  private record Entries(ByteBuffer buffer, int count) {
    int relativeOffset(int entry) {
      return buffer.getInt(entry * ENTRY_BYTES);
    }

    int position(int entry) {
      return buffer.getInt(entry * ENTRY_BYTES + POSITION);
    }

    long greatestBefore(int entry) {
      return buffer.getLong(entry * ENTRY_BYTES + GREATEST_BEFORE);
    }
  }

  /** Notes a batch, if it is far enough from the last one that was noted. */
  void add(int relativeOffset, int position, long greatestTimestampBefore) {
    if (position < nextPosition) {
      return;
    }
    Entries now = entries;
    ByteBuffer buffer = now.buffer;
    int at = now.count * ENTRY_BYTES;
    if (at == buffer.capacity()) {
      buffer = ByteBuffer.allocate(Math.max(4 * ENTRY_BYTES, 2 * at)).put(0, now.buffer, 0, at);
    }
    buffer.putInt(at, relativeOffset);
    buffer.putInt(at + POSITION, position);
    buffer.putLong(at + GREATEST_BEFORE, greatestTimestampBefore);
    entries = new Entries(buffer, now.count + 1); // publishes the entry
    nextPosition = position + Math.max(INTERVAL_BYTES, position / INTERVAL_PARTS);
  }

  int count() {
    return entries.count;
  }

  /** Notes the batches of a file up to an end; false when it came to damage before that. */
  boolean addAll(BatchFile file, int end, long baseOffset, LeaderEpochs epochs) throws IOException {
    int position = 0;
    long offset = baseOffset;
    long greatest = Long.MIN_VALUE;
    while (position < end && file.problem(position, end, offset, epochs) == null) {
      RecordBatch batch = file.batch();
      add((int) (offset - baseOffset), position, greatest);
      greatest = Math.max(greatest, batch.maxTimestamp());
      position += batch.sizeBytes();
      offset = batch.nextOffset();
    }
    return position == end;
  }

  /** Position of the last noted batch that starts at or before the position; else 0. */
  int atPosition(long position) {
    return start(unitAtPosition(position));
  }

  /** The unit that holds the offset. Units are the spans between entries, the first one is 0. */
  int unitAtOffset(long relativeOffset) {
    Entries all = entries;
    return countWhere(all, entry -> all.relativeOffset(entry) <= relativeOffset);
  }

  /** The unit that holds the position. */
  int unitAtPosition(long position) {
    Entries all = entries;
    return countWhere(all, entry -> all.position(entry) <= position);
  }

  /** The last unit before which every timestamp is below the given one. */
  int unitAtTimestamp(long timestampMillis) {
    Entries all = entries;
    return countWhere(all, entry -> all.greatestBefore(entry) < timestampMillis);
  }

  /** Position of the first batch of a unit, from 0 to {@link #count}. */
  int start(int unit) {
    return unit == 0 ? 0 : entries.position(unit - 1);
  }

  /** Base offset of the first batch of a unit, from the segment's own. */
  int relativeOffset(int unit) {
    return unit == 0 ? 0 : entries.relativeOffset(unit - 1);
  }

  /** How many entries the condition holds for; it must hold for a prefix. */
  private static int countWhere(Entries all, IntPredicate holds) {
    int low = 0;
    int high = all.count;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (holds.test(middle)) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /**
   * What the index file of a sealed segment must belong to, and what it knows beside the entries.
   */
  record Footer(int logBytes, int headersCrc, long maxTimestampMillis) {}

  /** Writes the file anew. */
  void save(Path file, Footer footer) throws IOException {
    Entries all = entries;
    int bytes = all.count * ENTRY_BYTES;
    ByteBuffer buffer = ByteBuffer.allocate(bytes + FOOTER_BYTES).put(all.buffer.slice(0, bytes));
    buffer
        .putInt(MAGIC)
        .putInt(all.count)
        .putInt(footer.logBytes)
        .putInt(footer.headersCrc)
        .putLong(footer.maxTimestampMillis);
    buffer.putInt(checksum(buffer.duplicate().flip())).flip();
    Files.deleteIfExists(file);
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
    }
  }

  /**
   * Reads the file into memory outside the heap, where what happens to the file later does not
   * reach it; null when it is not there, not readable, not whole, or not of the log with these
   * bytes and checksum.
   */
  static @Nullable OffsetIndex load(Path file, Footer expected) throws IOException {
    ByteBuffer buffer = read(file);
    if (buffer == null) {
      return null;
    }
    int at = buffer.limit() - FOOTER_BYTES;
    boolean whole =
        buffer.getInt(at) == MAGIC
            && (long) buffer.getInt(at + 4) * ENTRY_BYTES == at
            && buffer.getInt(buffer.limit() - 4) == checksum(buffer.slice(0, buffer.limit() - 4));
    if (!whole
        || buffer.getInt(at + 8) != expected.logBytes
        || buffer.getInt(at + 12) != expected.headersCrc) {
      return null;
    }
    return new OffsetIndex(new Entries(buffer, buffer.getInt(at + 4)));
  }

  private static @Nullable ByteBuffer read(Path file) throws ClosedChannelException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long size = channel.size();
      if (size < FOOTER_BYTES || size > Integer.MAX_VALUE) {
        return null;
      }
      ByteBuffer buffer = Arena.ofAuto().allocate(size, Long.BYTES).asByteBuffer();
      int count = 0;
      while (buffer.hasRemaining() && count >= 0) {
        count = channel.read(buffer);
      }
      return buffer.hasRemaining() ? null : buffer.flip();
    } catch (ClosedChannelException e) {
      throw e; // The thread was interrupted; that says nothing of the file.
    } catch (IOException e) {
      return null;
    }
  }

  private static int checksum(ByteBuffer bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return (int) crc.getValue();
  }
}
