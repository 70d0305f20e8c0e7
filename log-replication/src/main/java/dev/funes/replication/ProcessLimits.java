package dev.funes.replication;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What the system lets this process have.
 *
 * @param openFilesMax {@code ulimit -n}; the JVM has raised it to the hard limit
 * @param mappingsMax Linux' {@code vm.max_map_count}
 */
public record ProcessLimits(long openFilesMax, long mappingsMax) {
  /** Connections, the Raft log, RocksDB and the JVM itself. */
  private static final int OTHER_FILES = 512;

  private static final int OTHER_MAPPINGS = 4_096;
  private static final int OPEN_SEGMENTS_MIN = 16;

  /** What is not known counts as no limit. */
  public static ProcessLimits ofThisProcess() {
    long openFilesMax =
        ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
            ? unix.getMaxFileDescriptorCount()
            : Integer.MAX_VALUE;
    return new ProcessLimits(openFilesMax, maxMapCount());
  }

  private static long maxMapCount() {
    try {
      return Long.parseLong(
          Files.readAllLines(Path.of("/proc/sys/vm/max_map_count")).getFirst().trim());
    } catch (IOException notLinux) {
      return Integer.MAX_VALUE;
    }
  }

  /** How many files the active segments of each raft group may have open. */
  int openSegmentsMax(int raftGroups) {
    long left = openFilesMax - Math.min(OTHER_FILES, openFilesMax / 2);
    return Math.clamp(left * 3 / 4 / raftGroups, OPEN_SEGMENTS_MIN, 1 << 20);
  }

  /** What is too little for so many partitions of one node, a line each; empty when all is well. */
  public List<String> shortages(int partitions) {
    List<String> lines = new ArrayList<>();
    long files = OTHER_FILES + 4L * partitions / 3;
    if (openFilesMax < OTHER_FILES * 2) {
      lines.add(
          "open files (ulimit -n) are limited to %d; a node should have %d, and %d for %d partitions"
              .formatted(openFilesMax, OTHER_FILES * 2, files, partitions));
    } else if (openFilesMax < files) {
      lines.add(
          "open files (ulimit -n) are limited to %d: of %d partitions not all are kept open, which costs time; %d would do"
              .formatted(openFilesMax, partitions, files));
    }
    long mappings = OTHER_MAPPINGS + 2L * partitions;
    if (mappingsMax < mappings) {
      lines.add(
          "memory mappings (vm.max_map_count) are limited to %d; %d partitions that are all read need %d"
              .formatted(mappingsMax, partitions, mappings));
    }
    return lines;
  }
}
