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
import java.util.zip.CRC32C;

/**
 * One memory-mapped file of record batches, back to back from its start.
 *
 * <p>The file is mapped once, at its full size; what is beyond the last batch is a hole but for a
 * few steps ahead, so that a partition with little in it takes little. One thread appends and
 * seals. Any thread reads below a position that the {@link PartitionLog} has published; bytes below
 * it never change. Closing the segment makes every reader that still holds a view of it fail with
 * an IllegalStateException, never with a crash.
 */
final class Segment {
  private static final int ALLOCATION_BYTES_MIN = 64 << 10;
  private static final int ALLOCATION_BYTES_MAX = 16 << 20;

  private final Path file;
  private final long baseOffset;
  private final Arena arena;
  private final MemorySegment memory;
  private final ByteBuffer bytes; // Read-only, the whole mapping.
  private final CRC32C headersCrc;

  private volatile OffsetIndex index; // Changes once: from memory to its file.
  private int position; // Invariant: bytes below it are whole batches.
  private int allocatedBytes; // Invariant: bytes from position to it are really on the disk.
  private long maxTimestampMillis;
  private long firstAppendMillis;
  private long lastAppendMillis; // A reader may see an older one, which only ever postpones.
  private volatile int forcedBytes;

  private Segment(Path file, Arena arena, MemorySegment memory, BatchWalk found, int forcedBytes) {
    this.file = file;
    this.baseOffset = SegmentFiles.baseOffset(file);
    this.arena = arena;
    this.memory = memory;
    this.bytes = memory.asByteBuffer().asReadOnlyBuffer();
    this.headersCrc = found.headersCrc();
    this.index = found.index();
    this.position = found.position();
    this.allocatedBytes = found.position();
    this.maxTimestampMillis = found.maxTimestampMillis();
    this.forcedBytes = forcedBytes;
  }

  /**
   * A new segment for at least one batch of {@code bytesNeeded}; no file stays behind when the disk
   * is full.
   */
  static Segment create(
      Path file, int segmentBytes, int bytesNeeded, long nowMillis, DiskSpace space)
      throws IOException {
    Files.createFile(file); // An existing file is a bug: it was not deleted at restore.
    Arena arena = Arena.ofShared();
    try {
      MemorySegment memory = map(file, Math.max(segmentBytes, bytesNeeded), true, arena);
      BatchWalk nothing =
          new BatchWalk(ByteBuffer.allocate(0), 0, SegmentFiles.baseOffset(file), false);
      Segment segment = new Segment(file, arena, memory, nothing, 0);
      segment.firstAppendMillis = nowMillis;
      segment.lastAppendMillis = nowMillis;
      segment.allocate(bytesNeeded, space);
      return segment;
    } catch (IOException | RuntimeException | Error e) {
      arena.close();
      Files.deleteIfExists(file);
      throw e;
    }
  }

  /** The last segment of a restored log, after it was cut to what the walk found in it. */
  static Segment reopen(Path file, int segmentBytes, SegmentPosition recorded, BatchWalk found)
      throws IOException {
    return map(file, Math.max(segmentBytes, found.position()), true, recorded, found);
  }

  /** A sealed segment of a restored log. */
  static Segment openSealed(Path file, SegmentPosition recorded, BatchWalk found)
      throws IOException {
    Segment segment = map(file, found.position(), false, recorded, found);
    segment.mapIndex();
    return segment;
  }

  /** A segment that is only looked at: no file is written. */
  static Segment openReadOnly(Path file, BatchWalk found) throws IOException {
    long unknownMillis = 0;
    var recorded = new SegmentPosition(0, found.position(), 0, unknownMillis, unknownMillis);
    return map(file, found.position(), false, recorded, found);
  }

  private static Segment map(
      Path file, int capacityBytes, boolean writable, SegmentPosition recorded, BatchWalk found)
      throws IOException {
    Arena arena = Arena.ofShared();
    try {
      MemorySegment memory = map(file, capacityBytes, writable, arena);
      Segment segment = new Segment(file, arena, memory, found, found.position());
      segment.firstAppendMillis = recorded.firstAppendMillis();
      segment.lastAppendMillis = recorded.lastAppendMillis();
      return segment;
    } catch (IOException | RuntimeException | Error e) {
      arena.close();
      throw e;
    }
  }

  private static MemorySegment map(Path file, long bytes, boolean writable, Arena arena)
      throws IOException {
    try (FileChannel channel =
        writable
            ? FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)
            : FileChannel.open(file, StandardOpenOption.READ)) {
      return channel.map(writable ? MapMode.READ_WRITE : MapMode.READ_ONLY, 0, bytes, arena);
    }
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
   * Copies a batch that {@link #hasRoom} for, and writes the two fields of it that are the node's.
   */
  void append(
      ByteBuffer batch,
      RecordBatch header,
      long offset,
      int leaderEpoch,
      long nowMillis,
      DiskSpace space)
      throws IOException {
    int at = position;
    int size = batch.remaining();
    allocate(at + size, space);
    MemorySegment.copy(MemorySegment.ofBuffer(batch), 0, memory, at, size);
    RecordBatch.stamp(memory, at, offset, leaderEpoch);
    index.add((int) (offset - baseOffset), at, maxTimestampMillis);
    headersCrc.update(bytes.slice(at, BatchWalk.PREFIX_BYTES));
    maxTimestampMillis = Math.max(maxTimestampMillis, header.maxTimestamp());
    lastAppendMillis = Math.max(lastAppendMillis, nowMillis);
    position = at + size;
  }

  /**
   * Twice what is there, within bounds: few calls for a busy partition, few bytes for an idle one.
   */
  private void allocate(int end, DiskSpace space) throws IOException {
    if (end <= allocatedBytes) {
      return;
    }
    long step = Math.clamp(allocatedBytes, ALLOCATION_BYTES_MIN, ALLOCATION_BYTES_MAX);
    long target = Math.min(memory.byteSize(), Math.max(end, allocatedBytes + step));
    space.allocate(file, allocatedBytes, target);
    allocatedBytes = (int) target;
  }

  /** Gives back the space that was taken ahead, and moves the index from memory to its file. */
  void seal() throws IOException {
    SegmentFiles.cut(file, position);
    allocatedBytes = position;
    mapIndex();
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
      return true;
    } catch (IllegalStateException inUse) {
      return false;
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
