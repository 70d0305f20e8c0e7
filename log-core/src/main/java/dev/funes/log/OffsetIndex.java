package dev.funes.log;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
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
 * the active segment is in memory; that of a sealed segment is a file, mapped, with a checksum and
 * the checksum of the log it belongs to. The file is a cache: it is never synced, and whoever finds
 * it missing, damaged or of another log builds it again. One thread adds, any thread reads; a
 * reader that misses the newest entry only walks a little further.
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

  /** Position of a batch at or before the one that holds the offset. */
  int atOffset(long relativeOffset) {
    Entries all = entries;
    return lastWhere(all, entry -> all.relativeOffset(entry) <= relativeOffset);
  }

  /** Position of the last noted batch that starts at or before the position. */
  int atPosition(long position) {
    Entries all = entries;
    return lastWhere(all, entry -> all.position(entry) <= position);
  }

  /** Position of a batch before which every timestamp is below the given one. */
  int atTimestamp(long timestampMillis) {
    Entries all = entries;
    return lastWhere(all, entry -> all.greatestBefore(entry) < timestampMillis);
  }

  /**
   * Position of the last entry that the condition holds for, 0 when for none; it must hold for a
   * prefix.
   */
  private static int lastWhere(Entries all, IntPredicate holds) {
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
    return low == 0 ? 0 : all.position(low - 1);
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
    // Not over the old file: it may be mapped, and a mapping must never see its bytes change.
    Files.deleteIfExists(file);
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
    }
  }

  /**
   * Maps the file; null when it is not there, not whole, or not of the log with these bytes and
   * checksum.
   */
  static @Nullable OffsetIndex load(Path file, Arena arena, Footer expected) throws IOException {
    if (!Files.exists(file)) {
      return null;
    }
    ByteBuffer buffer;
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long size = channel.size();
      if (size < FOOTER_BYTES || size > Integer.MAX_VALUE) {
        return null;
      }
      buffer = channel.map(FileChannel.MapMode.READ_ONLY, 0, size, arena).asByteBuffer();
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

  private static int checksum(ByteBuffer bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return (int) crc.getValue();
  }
}
