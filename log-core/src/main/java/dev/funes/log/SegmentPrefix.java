package dev.funes.log;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Looks at a file that is to become a segment, or is one, without opening it as one. */
public final class SegmentPrefix {
  private SegmentPrefix() {}

  /**
   * What is whole from the start of a file.
   *
   * @param positionBytes where the last whole batch ends
   * @param headersCrc as in {@link SegmentPosition}
   * @param nextOffset after the last whole batch
   */
  public record Found(int positionBytes, int headersCrc, long nextOffset) {
    /** Whether it is just what a checkpoint recorded. */
    public boolean is(SegmentPosition recorded) {
      return positionBytes == recorded.positionBytes() && headersCrc == recorded.headersCrc();
    }
  }

  /** Where the segment with this base offset lies in a partition's directory. */
  public static Path file(Path partition, long baseOffset) {
    return SegmentFiles.log(partition, baseOffset);
  }

  /** The index file of a segment; there when nothing is appended to the segment any more. */
  public static Path indexFile(Path segment) {
    return SegmentFiles.indexOf(segment);
  }

  /**
   * Walks the batches of a file up to the first that is not whole or that reaches beyond a
   * position. A file that grows meanwhile is fine.
   *
   * @param checksums whether to read every byte and not the headers alone
   */
  public static Found wholeBatches(Path file, long baseOffset, int positionMax, boolean checksums)
      throws IOException {
    try (Arena arena = Arena.ofConfined();
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      int limit = (int) Math.min(positionMax, channel.size());
      BatchWalk walk =
          new BatchWalk(
              channel.map(MapMode.READ_ONLY, 0, limit, arena).asByteBuffer(),
              limit,
              baseOffset,
              checksums);
      while (!walk.atLimit() && walk.problem() == null) {
        walk.advance();
      }
      return new Found(walk.position(), (int) walk.headersCrc().getValue(), walk.nextOffset());
    }
  }
}
