package dev.funes.state;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Copies a checkpoint's database so that the copy may be written to. */
final class StateFiles {
  private StateFiles() {}

  /**
   * Replaces a directory by a copy of another. Table files never change and are linked where the
   * file system can; the rest is small, is appended to, and is copied.
   */
  static void replace(Path directory, Path by) throws IOException {
    delete(directory);
    Files.createDirectories(directory);
    for (Path file : list(by)) {
      Path copy = directory.resolve(file.getFileName());
      if (!file.toString().endsWith(".sst") || !link(copy, file)) {
        Files.copy(file, copy);
      }
    }
  }

  /** The names of the table files in a directory. */
  static List<String> tables(Path directory) throws IOException {
    return list(directory).stream()
        .map(file -> String.valueOf(file.getFileName()))
        .filter(name -> name.endsWith(".sst"))
        .toList();
  }

  private static boolean link(Path copy, Path file) throws IOException {
    try {
      Files.createLink(copy, file);
      return true;
    } catch (UnsupportedOperationException | IOException e) {
      Files.deleteIfExists(copy);
      return false; // Another file system, or one without links: a copy says what is wrong, if it
      // fails too.
    }
  }

  private static void delete(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    try (Stream<Path> tree = Files.walk(directory)) {
      for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  private static List<Path> list(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      throw new NoSuchFileException(directory.toString());
    }
    try (Stream<Path> files = Files.list(directory)) {
      return files.toList();
    }
  }
}
