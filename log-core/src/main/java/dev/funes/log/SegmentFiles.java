package dev.funes.log;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The names of a partition's files, and the few things done to them as files. */
final class SegmentFiles {
  private static final String LOG = ".log";
  private static final String INDEX = ".index";
  private static final int DIGITS = 20;

  private SegmentFiles() {}

  static Path log(Path directory, long baseOffset) {
    String digits = Long.toString(baseOffset);
    return directory.resolve("0".repeat(DIGITS - digits.length()) + digits + LOG);
  }

  static Path indexOf(Path log) {
    return log.resolveSibling(log.getFileName().toString().substring(0, DIGITS) + INDEX);
  }

  /**
   * The base offset that a log file is named by. Throws IllegalArgumentException for any other
   * file.
   */
  static long baseOffset(Path log) {
    String name = log.getFileName().toString();
    if (!isSegmentFile(name) || !name.endsWith(LOG)) {
      throw new IllegalArgumentException(log + " is not named like a segment: 20 digits and .log");
    }
    return Long.parseLong(name.substring(0, DIGITS));
  }

  /** The log files of a directory in offset order. */
  static List<Path> logs(Path directory) throws IOException {
    return all(directory).stream()
        .filter(file -> file.getFileName().toString().endsWith(LOG))
        .sorted(Comparator.comparingLong(SegmentFiles::baseOffset))
        .toList();
  }

  /** The log and index files of a directory. */
  static List<Path> all(Path directory) throws IOException {
    List<Path> found = new ArrayList<>();
    try (Stream<Path> files = Files.list(directory)) {
      files.filter(file -> isSegmentFile(file.getFileName().toString())).forEach(found::add);
    }
    return found;
  }

  private static boolean isSegmentFile(String name) {
    return name.matches("0\\d{19}\\.(log|index)");
  }

  /** Cuts a file that is longer; never makes it longer. */
  static void cut(Path file, long bytes) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(bytes);
    }
  }

  /** Makes the names in a directory durable. */
  static void syncDirectory(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /** Removes a directory and all in it; one that is not there is fine. */
  static void deleteTree(Path directory) throws IOException {
    try (Stream<Path> tree = Files.walk(directory)) {
      for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    } catch (NoSuchFileException e) {
      if (Files.exists(directory)) {
        throw e;
      }
    }
  }
}
