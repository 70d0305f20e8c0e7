package dev.funes.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/**
 * Walks segment files offline, for people who want to see what is in them and whether it is whole.
 * Skeleton.
 */
@SuppressWarnings({"DoNotCallSuggester", "UnusedVariable"}) // until the bodies are there
public final class SegmentDump {
  private SegmentDump() {}

  /** What was found at one position of a segment file. */
  public sealed interface Finding {
    /** The segment file. */
    Path file();

    /** Where in it. */
    long position();

    /**
     * A whole batch with a right checksum that goes on where the one before ended; the bytes are
     * the batch.
     */
    record Whole(Path file, long position, ByteBuffer batch) implements Finding {}

    /** Bytes that are no such batch; nothing behind them in the file is looked at. */
    record Damaged(Path file, long position, String problem) implements Finding {}

    /** The rest of the file is allocated but not written. */
    record Unused(Path file, long position, long bytes) implements Finding {}
  }

  /** The segment files of a partition's directory, in offset order. */
  public static List<Path> segmentFiles(Path partitionDirectory) throws IOException {
    throw new UnsupportedOperationException();
  }

  /**
   * Shows every batch of a .log file, or of all .log files of a partition's directory, to the
   * visitor.
   */
  public static void walk(Path fileOrDirectory, Consumer<Finding> visitor) throws IOException {
    throw new UnsupportedOperationException();
  }
}
