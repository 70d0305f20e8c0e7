package dev.funes.chaos.workload;

import dev.funes.chaos.history.NemesisLog;
import dev.funes.chaos.history.Op;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Looks at what the process of a node uses, from outside. Linux; elsewhere nothing is known. */
public final class Sampler {
  private static final Pattern HEAP_USED = Pattern.compile("used (\\d+)K");
  private static final long UNKNOWN = -1;

  private Sampler() {}

  /**
   * Notes what a node uses now.
   *
   * @param pid of its process
   * @param data its data directory
   * @param settled true: the node is at rest, so this is compared with other samples of that kind,
   *     and its heap is collected first
   */
  public static void sample(NemesisLog log, int node, long pid, Path data, boolean settled) {
    Path process = Path.of("/proc", Long.toString(pid));
    log.sample(
        new Op.Sample(
            0,
            node,
            heapBytes(pid, settled),
            entries(process.resolve("fd")),
            entries(process.resolve("task")),
            residentBytes(process.resolve("status")),
            bytesBelow(data),
            settled,
            pid));
  }

  private static long entries(Path directory) {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.count();
    } catch (IOException | UncheckedIOException e) {
      return UNKNOWN; // the process has ended
    }
  }

  private static long residentBytes(Path status) {
    try (Stream<String> lines = Files.lines(status)) {
      return lines
          .filter(line -> line.startsWith("VmRSS:"))
          .map(line -> line.replaceAll("\\D", ""))
          .mapToLong(kib -> Long.parseLong(kib) << 10)
          .findFirst()
          .orElse(UNKNOWN);
    } catch (IOException | UncheckedIOException e) {
      return UNKNOWN;
    }
  }

  private static long bytesBelow(Path data) {
    try (Stream<Path> files = Files.walk(data)) {
      return files.filter(Files::isRegularFile).mapToLong(Sampler::size).sum();
    } catch (IOException | UncheckedIOException e) {
      return UNKNOWN;
    }
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      return 0; // deleted meanwhile
    }
  }

  /** What is used of the heap; after a full collection that is what is live. */
  private static long heapBytes(long pid, boolean collect) {
    if (collect) {
      var _ = JvmCommands.run(pid, "GC.run");
    }
    Matcher used = HEAP_USED.matcher(JvmCommands.run(pid, "GC.heap_info"));
    return used.find() ? Long.parseLong(used.group(1)) << 10 : UNKNOWN;
  }
}
