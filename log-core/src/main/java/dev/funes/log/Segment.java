package dev.funes.log;

import dev.funes.record.RecordBatch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * One memory-mapped file of record batches, back to back from its start.
 *
 * <p>The file is mapped once, at its full size; what is beyond the last batch is a hole, so that a
 * partition with little in it takes little. Batches are written with the file's channel and read
 * through the mapping, which is the same page cache: a store to a page that is not there yet costs
 * a page fault that first reads it, and on a full disk it is a bus error, while a write is one call
 * for a whole batch, and an IOException. One thread appends and seals. Any thread reads below a
 * position that the {@link PartitionLog} has published; bytes below it never change. Closing the
 * segment makes every reader that still holds a view of it fail with an IllegalStateException,
 * never with a crash.
 */
final class Segment {
  private final Path file;
  private final long baseOffset;
  private final Arena arena;
  private final MemorySegment memory;
  private final ByteBuffer bytes; // Read-only, the whole mapping.
  private final CRC32C headersCrc;
  private final @Nullable FileChannel channel; // Null when nothing may be appended.

  private volatile OffsetIndex index; // Changes once: from memory to its file.
  private int position; // Invariant: bytes below it are whole batches.
  private long maxTimestampMillis;
  private long firstAppendMillis;
  private long lastAppendMillis; // A reader may see an older one, which only ever postpones.
  private volatile int forcedBytes;

  private Segment(
      Path file,
      Arena arena,
      MemorySegment memory,
      @Nullable FileChannel channel,
      BatchWalk found,
      int forcedBytes) {
    this.channel = channel;
    this.file = file;
    this.baseOffset = SegmentFiles.baseOffset(file);
    this.arena = arena;
    this.memory = memory;
    this.bytes = memory.asByteBuffer().asReadOnlyBuffer();
    this.headersCrc = found.headersCrc();
    this.index = found.index();
    this.position = found.position();
    this.maxTimestampMillis = found.maxTimestampMillis();
    this.forcedBytes = forcedBytes;
  }

  /** A new segment for at least one batch of {@code bytesNeeded}. */
  static Segment create(Path file, int segmentBytes, int bytesNeeded, long nowMillis)
      throws IOException {
    Files.createFile(file); // An existing file is a bug: it was not deleted at restore.
    BatchWalk nothing =
        new BatchWalk(ByteBuffer.allocate(0), 0, SegmentFiles.baseOffset(file), false);
    try {
      Segment segment = map(file, Math.max(segmentBytes, bytesNeeded), true, nothing, 0);
      segment.firstAppendMillis = nowMillis;
      segment.lastAppendMillis = nowMillis;
      return segment;
    } catch (IOException | RuntimeException | Error e) {
      Files.deleteIfExists(file);
      throw e;
    }
  }

  /** The last segment of a restored log, after it was cut to what the walk found in it. */
  static Segment reopen(Path file, int segmentBytes, SegmentPosition recorded, BatchWalk found)
      throws IOException {
    int capacityBytes = Math.max(segmentBytes, found.position());
    return restored(map(file, capacityBytes, true, found, found.position()), recorded);
  }

  /** A sealed segment of a restored log. */
  static Segment openSealed(Path file, SegmentPosition recorded, BatchWalk found)
      throws IOException {
    Segment segment = restored(openReadOnly(file, found), recorded);
    segment.mapIndex();
    return segment;
  }

  /** A segment that is only looked at: no file is written. */
  static Segment openReadOnly(Path file, BatchWalk found) throws IOException {
    return map(file, found.position(), false, found, found.position());
  }

  private static Segment restored(Segment segment, SegmentPosition recorded) {
    segment.firstAppendMillis = recorded.firstAppendMillis();
    segment.lastAppendMillis = recorded.lastAppendMillis();
    return segment;
  }

  private static Segment map(
      Path file, int capacityBytes, boolean writable, BatchWalk found, int forcedBytes)
      throws IOException {
    Arena arena = Arena.ofShared();
    FileChannel channel = null;
    try {
      channel = open(file, writable);
      MapMode mode = writable ? MapMode.READ_WRITE : MapMode.READ_ONLY;
      MemorySegment memory = channel.map(mode, 0, capacityBytes, arena);
      if (writable) {
        return new Segment(
            file, arena, memory, channel.position(found.position()), found, forcedBytes);
      }
      channel.close(); // The mapping is enough for reading.
      return new Segment(file, arena, memory, null, found, forcedBytes);
    } catch (IOException | RuntimeException | Error e) {
      arena.close();
      if (channel != null) {
        channel.close();
      }
      throw e;
    }
  }

  private static FileChannel open(Path file, boolean writable) throws IOException {
    return writable
        ? FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)
        : FileChannel.open(file, StandardOpenOption.READ);
  }

  /** Whether one more batch fits; a segment never passes the size it was created with. */
  boolean hasRoom(int batchBytes, int segmentBytes, long lastOffset) {
    long end = (long) position + batchBytes;
    return end <= Math.min(memory.byteSize(), segmentBytes)
        && lastOffset - baseOffset <= Integer.MAX_VALUE;
  }

  boolean isOlderThan(long ageMillis, long nowMillis) {
    return nowMillis - firstAppendMillis >= ageMillis;
  }

  /**
   * Writes a batch that {@link #hasRoom} for, with the two fields of it that are the node's.
   *
   * @throws IOException when the disk is full or fails; the segment is as it was then
   */
  void append(
      ByteBuffer batch,
      RecordBatch header,
      long offset,
      int leaderEpoch,
      long nowMillis,
      BatchWriter writer)
      throws IOException {
    int at = position;
    int size = batch.remaining();
    ByteBuffer stamped = header.stampedHeader(offset, leaderEpoch);
    ByteBuffer records =
        batch.slice(batch.position() + RecordBatch.HEADER_BYTES, size - RecordBatch.HEADER_BYTES);
    FileChannel out = Objects.requireNonNull(channel, "expected a segment open for appends");
    try {
      writer.write(out, new ByteBuffer[] {stamped, records});
    } catch (IOException e) {
      out.position(at);
      throw e;
    }
    index.add((int) (offset - baseOffset), at, maxTimestampMillis);
    headersCrc.update(stamped.rewind().limit(BatchWalk.PREFIX_BYTES));
    maxTimestampMillis = Math.max(maxTimestampMillis, header.maxTimestamp());
    lastAppendMillis = Math.max(lastAppendMillis, nowMillis);
    position = at + size;
  }

  /** Nothing more is appended: cuts the hole off, and moves the index from memory to its file. */
  void seal() throws IOException {
    SegmentFiles.cut(file, position);
    mapIndex();
    closeChannel();
  }

  /** Maps the index file, writing it first unless it is there and belongs to these batches. */
  private void mapIndex() throws IOException {
    Path indexFile = SegmentFiles.indexOf(file);
    int crc = (int) headersCrc.getValue();
    OffsetIndex.Loaded loaded = OffsetIndex.load(indexFile, arena, position, crc);
    if (loaded == null) {
      index.save(indexFile, new OffsetIndex.Footer(position, crc, maxTimestampMillis));
      loaded = OffsetIndex.load(indexFile, arena, position, crc);
    }
    if (loaded != null) {
      index = loaded.index();
    }
  }

  /** Makes the bytes below a published position durable, unless the segment is closed. */
  void force(int end) throws IOException {
    int from = forcedBytes;
    if (end <= from || !arena.scope().isAlive()) {
      return;
    }
    try {
      memory.asSlice(from, end - from).force();
    } catch (UncheckedIOException e) {
      throw new IOException(file + " could not be written back", e.getCause());
    }
    forcedBytes = end;
  }

  /** False when a reader is in the middle of an I/O call on it: try again later. */
  boolean close() {
    if (!arena.scope().isAlive()) {
      return true;
    }
    try {
      arena.close();
      closeChannel();
      return true;
    } catch (IllegalStateException inUse) {
      return false;
    }
  }

  /** What was written is in the page cache by then: closing the file writes nothing. */
  private void closeChannel() {
    if (channel == null) {
      return;
    }
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(file + " could not be closed", e);
    }
  }

  /** Removes the files of a closed segment. */
  void deleteFiles() throws IOException {
    Files.deleteIfExists(SegmentFiles.indexOf(file));
    Files.deleteIfExists(file);
  }

  SegmentPosition recorded() {
    return new SegmentPosition(
        baseOffset, position, (int) headersCrc.getValue(), firstAppendMillis, lastAppendMillis);
  }

  Path file() {
    return file;
  }

  long baseOffset() {
    return baseOffset;
  }

  int position() {
    return position;
  }

  /** Greatest timestamp of all batches in it. */
  long maxTimestampMillis() {
    return maxTimestampMillis;
  }

  long lastAppendMillis() {
    return lastAppendMillis;
  }

  OffsetIndex index() {
    return index;
  }

  /** The mapping; read below a published position only. */
  ByteBuffer bytes() {
    return bytes;
  }
}
