package dev.funes.chaos.history;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads the files of a history. */
final class HistoryFiles {
  private HistoryFiles() {}

  static List<Op> read(Path dir) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.list(dir)) {
      files = all.filter(file -> file.toString().endsWith(".jsonl")).sorted().toList();
    }
    List<Op> ops = new ArrayList<>();
    for (Path file : files) {
      read(file, ops);
    }
    return ops;
  }

  private static void read(Path file, List<Op> ops) throws IOException {
    String name = String.valueOf(file.getFileName());
    OpReader reader = new OpReader(name.substring(0, name.length() - ".jsonl".length()), ops::add);
    try (BufferedReader lines = Files.newBufferedReader(file)) {
      int number = 0;
      @Nullable String line = lines.readLine();
      while (line != null) {
        number++;
        @Nullable String next = lines.readLine();
        try {
          reader.line(line);
        } catch (IOException | IllegalArgumentException e) {
          if (next == null) {
            break; // cut off in the middle
          }
          throw new IOException("%s line %d: %s".formatted(name, number, e.getMessage()), e);
        }
        line = next;
      }
    }
    reader.end();
  }
}
