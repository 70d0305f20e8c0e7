package dev.funes.chaos.history;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * All that happened in a run, in the order in which it began.
 *
 * @param info what the run is about
 * @param ops what happened
 */
public record History(RunInfo info, List<Op> ops) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String INFO_FILE = "run.json";

  public History {
    List<Op> sorted = new ArrayList<>(ops);
    sorted.sort(Comparator.comparingLong(Op::invokedNanos));
    ops = List.copyOf(sorted);
  }

  /** Writes {@code run.json}: the first thing of a history. */
  public static void begin(Path dir, RunInfo info) {
    try {
      Files.createDirectories(dir);
      JSON.writerWithDefaultPrettyPrinter().writeValue(dir.resolve(INFO_FILE).toFile(), info);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Reads a history. A last line that was cut off by the end of the prover is left out.
   *
   * @throws IOException also when a line is not what a history has, naming file and line
   */
  public static History load(Path dir) throws IOException {
    Path file = dir.resolve(INFO_FILE);
    if (!Files.isRegularFile(file)) {
      throw new IOException(dir + " is not a history: it has no " + INFO_FILE);
    }
    RunInfo info = JSON.readValue(file.toFile(), RunInfo.class);
    return new History(info, HistoryFiles.read(dir));
  }

  /** Those of one kind, in order. */
  public <T extends Op> List<T> all(Class<T> kind) {
    return ops.stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  /** The same run with other happenings, for the tests of the checks. */
  public History with(List<Op> others) {
    return new History(info, others);
  }
}
