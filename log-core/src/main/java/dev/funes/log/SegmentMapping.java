package dev.funes.log;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * A segment's file in memory, for reading: mapped when somebody first reads it, so that a partition
 * that is only written to, or not touched at all, takes no mapping.
 *
 * <p>The mapping has the size that the segment may reach, while the file ends where its batches do:
 * a touch of a page reads no empty pages behind it. A mapping that is let go comes back by itself;
 * a reader that still holds it fails with an IllegalStateException, never with a crash.
 *
 * <p>Thread-safe. Who makes the file longer holds this object's lock, for mapping does so, too, for
 * a moment.
 */
final class SegmentMapping {
  /** One mapping of the file. */
  static final class Mapped {
    private final Arena arena;
    private final MemorySegment memory;
    private final ByteBuffer bytes;
    private volatile boolean read; // since somebody last asked

    private Mapped(Arena arena, MemorySegment memory) {
      this.arena = arena;
      this.memory = memory;
      this.bytes = memory.asByteBuffer();
    }

    /** All of it, from position 0, read-only; only what was published may be read. */
    ByteBuffer bytes() {
      if (!read) {
        read = true; // Not every time: many readers would fight for the cache line.
      }
      return bytes;
    }
  }

  private final Path file;
  private final int capacityBytes;
  private final boolean growing;
  private volatile @Nullable Mapped mapped;
  private volatile @Nullable Mapped former; // Of a file that is not there any more.
  private volatile boolean closed;

  /**
   * @param growing whether the file may be shorter than the capacity
   */
  SegmentMapping(Path file, int capacityBytes, boolean growing) {
    this.file = file;
    this.capacityBytes = capacityBytes;
    this.growing = growing;
  }

  int capacityBytes() {
    return capacityBytes;
  }

  /** The mapping; throws IllegalStateException when the segment is closed. */
  Mapped mapped() throws IOException {
    Mapped now = mapped;
    return now != null ? now : map();
  }

  private synchronized Mapped map() throws IOException {
    Mapped now = mapped;
    if (now != null) {
      return now;
    }
    if (closed) {
      throw new IllegalStateException(file + " is closed");
    }
    Arena arena = Arena.ofShared();
    try (FileChannel channel =
        growing
            ? FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)
            : FileChannel.open(file, StandardOpenOption.READ)) {
      long length = channel.size();
      now = new Mapped(arena, channel.map(MapMode.READ_ONLY, 0, capacityBytes, arena));
      if (growing) {
        channel.truncate(length); // Mapping made the file as long as the mapping.
      }
      mapped = now;
      return now;
    } catch (IOException | RuntimeException | Error e) {
      arena.close();
      throw e;
    }
  }

  /**
   * Whether it was read since the last call. If so, the pages up to an end go out of this process'
   * memory; the kernel keeps them as long as it likes, and brings them back when they are touched.
   */
  boolean unloadWhenRead(int end) {
    Mapped now = mapped;
    if (now == null || !now.read) {
      return false;
    }
    now.read = false;
    try {
      now.memory.asSlice(0, end).unload();
    } catch (IllegalStateException closedMeanwhile) {
      return false;
    }
    return true;
  }

  boolean isMapped() {
    return mapped != null;
  }

  /**
   * Another file has the name now: who comes next maps that one. Who reads the old one may go on;
   * it is let go with the next {@link #release} or {@link #close}.
   */
  synchronized void fileChanged() {
    Mapped now = mapped;
    if (now != null) {
      closeFormer(); // Seldom does a file change twice; whoever reads that one has to come again.
      former = now;
      mapped = null;
    }
  }

  /** Whether {@link #release} has something to do. */
  boolean isReleasable() {
    return mapped != null || former != null;
  }

  boolean isClosed() {
    return closed;
  }

  /** Unmaps the file until somebody needs it again. False when that is not so. */
  synchronized boolean release() {
    boolean releasedFormer = closeFormer();
    Mapped now = mapped;
    if (now == null) {
      return releasedFormer;
    }
    mapped = null; // First: who comes now waits, and maps anew.
    if (close(now.arena)) {
      return true;
    }
    mapped = now;
    return false;
  }

  /** For good. False when a reader is in the middle of an I/O call on it: try again later. */
  synchronized boolean close() {
    Mapped now = mapped;
    if (now != null && !close(now.arena)) {
      return false;
    }
    closeFormer();
    mapped = null;
    closed = true;
    return true;
  }

  private boolean closeFormer() {
    Mapped old = former;
    if (old == null || !close(old.arena)) {
      return false;
    }
    former = null;
    return true;
  }

  private static boolean close(Arena arena) {
    try {
      arena.close();
      return true;
    } catch (IllegalStateException inUse) {
      return false;
    }
  }
}
