package dev.funes.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Where benchmarks write: folders below {@code java.io.tmpdir}, gone afterwards. */
public final class Directories {
  private Directories() {}

  public static Path create() throws IOException {
    return Files.createTempDirectory("funes-benchmark-");
  }

  public static void delete(Path directory) throws IOException {
    List<Path> deepestFirst;
    try (Stream<Path> all = Files.walk(directory)) {
      deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : deepestFirst) {
      Files.delete(path);
    }
  }
}
