package dev.funes.cli.offline;

import dev.funes.cli.console.CommandFailure;
import dev.funes.cli.console.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Finds what a node keeps of partitions: folders with segment files in them. */
final class PartitionDirectories {
  private static final Pattern SEGMENT_FILE = Pattern.compile("\\d{20}\\.log");

  private PartitionDirectories() {}

  /** The folders of partitions at or below a folder, in the order of their names. */
  static List<Path> below(Path directory) throws IOException {
    requireThere(directory);
    if (!Files.isDirectory(directory)) {
      throw new CommandFailure(ExitCode.USAGE, "not a folder: " + directory);
    }
    try (Stream<Path> files = Files.walk(directory)) {
      List<Path> found =
          files
              .filter(PartitionDirectories::isSegmentFile)
              .map(Path::getParent)
              .distinct()
              .sorted()
              .toList();
      if (found.isEmpty()) {
        throw new CommandFailure(
            ExitCode.NOT_FOUND,
            "no segment files (such as 00000000000000000000.log) in " + directory);
      }
      return found;
    }
  }

  static void requireThere(Path path) {
    if (!Files.exists(path)) {
      throw new CommandFailure(ExitCode.NOT_FOUND, "no such file or folder: " + path);
    }
  }

  static boolean isSegmentFile(Path file) {
    return SEGMENT_FILE.matcher(String.valueOf(file.getFileName())).matches();
  }
}
