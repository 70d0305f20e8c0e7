package dev.funes.log;

import dev.funes.record.RecordBatch;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.function.Consumer;

/**
 * Walks segment files offline, for people who want to see what is in them and whether it is whole.
 */
public final class SegmentDump {
  private SegmentDump() {}

  /** What was found at one position of a segment file. */
  public sealed interface Finding {
    /** The segment file. */
    Path file();

    /** Where in it, in bytes. */
    long position();

    /**
     * A whole batch with a right checksum that goes on where the one before ended.
     *
     * @param batch its bytes, from position 0; readable during the visit only
     */
    record Whole(Path file, long position, ByteBuffer batch) implements Finding {}

    /**
     * Bytes that are no such batch, or a gap before the file; nothing behind them in the file is
     * looked at.
     */
    record Damaged(Path file, long position, String problem) implements Finding {}

    /** The rest of the file is there but was never written. */
    record Unused(Path file, long position, long bytes) implements Finding {}
  }

  /** The segment files of a partition's directory, in offset order. */
  public static List<Path> segmentFiles(Path partitionDirectory) throws IOException {
    return SegmentFiles.logs(partitionDirectory);
  }

  /**
   * Shows every batch of a segment file, or of all segments of a partition's directory in order, to
   * the visitor.
   */
  public static void walk(Path fileOrDirectory, Consumer<Finding> visitor) throws IOException {
    if (!Files.isDirectory(fileOrDirectory)) {
      walkFile(fileOrDirectory, visitor);
      return;
    }
    long expected = -1;
    for (Path file : segmentFiles(fileOrDirectory)) {
      long baseOffset = SegmentFiles.baseOffset(file);
      if (expected >= 0 && baseOffset != expected) {
        visitor.accept(
            new Finding.Damaged(
                file,
                0,
                "the segment before ends before offset " + expected + ", not " + baseOffset));
      }
      expected = walkFile(file, visitor);
    }
  }

  /** Returns the offset after the last whole batch. */
  private static long walkFile(Path file, Consumer<Finding> visitor) throws IOException {
    try (Arena arena = Arena.ofConfined();
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      MemorySegment memory = channel.map(MapMode.READ_ONLY, 0, channel.size(), arena);
      ByteBuffer bytes = memory.asByteBuffer();
      BatchWalk walk = new BatchWalk(bytes, bytes.limit(), SegmentFiles.baseOffset(file), true);
      while (!walk.atLimit()) {
        int position = walk.position();
        String problem = walk.problem();
        if (problem != null) {
          long left = memory.byteSize() - position;
          visitor.accept(
              isZero(memory, position)
                  ? new Finding.Unused(file, position, left)
                  : new Finding.Damaged(file, position, problem));
          break;
        }
        RecordBatch batch = walk.advance();
        visitor.accept(new Finding.Whole(file, position, batch.bytes()));
      }
      return walk.nextOffset();
    }
  }

  private static boolean isZero(MemorySegment memory, long from) {
    long at = from;
    for (; at + Long.BYTES <= memory.byteSize(); at += Long.BYTES) {
      if (memory.get(ValueLayout.JAVA_LONG_UNALIGNED, at) != 0) {
        return false;
      }
    }
    for (; at < memory.byteSize(); at++) {
      if (memory.get(ValueLayout.JAVA_BYTE, at) != 0) {
        return false;
      }
    }
    return true;
  }
}
