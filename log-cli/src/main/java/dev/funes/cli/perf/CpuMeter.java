package dev.funes.cli.perf;

import dev.funes.cli.console.CommandFailure;
import dev.funes.cli.console.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * How much CPU this process and some others use, and how much memory the others hold. The kernel
 * counts CPU in hundredths of a second. One thread.
 */
final class CpuMeter {
  private static final double NANOS = 1e9;

  /**
   * What was used between start and stop.
   *
   * @param nodesRssMib resident memory of each process at the end; empty where /proc does not tell
   */
  record Used(
      double clientSeconds, double nodesSeconds, List<Long> pids, List<Double> nodesRssMib) {}

  /** A process, and what it had used when it was last seen: it may end before we do. */
  private static final class Watched {
    final ProcessHandle process;
    double startSeconds;
    double seconds;
    double rssMib;

    Watched(ProcessHandle process) {
      this.process = process;
    }

    void look() {
      seconds = cpuSeconds(process, seconds);
      rssMib = residentMib(process.pid(), rssMib);
    }
  }

  private final Watched self = new Watched(ProcessHandle.current());
  private final List<Watched> nodes = new ArrayList<>();

  /** A meter for this process and these; a {@link CommandFailure} when there is no such process. */
  CpuMeter(List<Long> pids) {
    for (long pid : pids) {
      nodes.add(
          new Watched(
              ProcessHandle.of(pid)
                  .filter(process -> process.info().totalCpuDuration().isPresent())
                  .orElseThrow(
                      () ->
                          new CommandFailure(
                              ExitCode.NOT_FOUND,
                              "--pid: there is no process " + pid + " whose CPU can be read"))));
    }
  }

  /** Counts from now on. */
  void start() {
    begin(self);
    nodes.forEach(CpuMeter::begin);
  }

  private static void begin(Watched watched) {
    watched.look();
    watched.startSeconds = watched.seconds;
  }

  /** Looks again; of a process that ends later, this much is known. */
  void look() {
    self.look();
    nodes.forEach(Watched::look);
  }

  /** What was used from the start until the last look. */
  Used used() {
    return new Used(
        since(self),
        nodes.stream().mapToDouble(CpuMeter::since).sum(),
        nodes.stream().map(node -> node.process.pid()).toList(),
        nodes.stream().map(node -> node.rssMib).filter(mib -> mib > 0).toList());
  }

  /** CPU seconds per 1e9 bytes. */
  static double perGb(double seconds, long bytes) {
    return seconds / (bytes / 1e9);
  }

  private static double since(Watched watched) {
    return watched.seconds - watched.startSeconds;
  }

  private static double cpuSeconds(ProcessHandle process, double lastSeen) {
    // Of /proc/PID/stat, where there is one.
    return process.info().totalCpuDuration().map(Duration::toNanos).map(n -> n / NANOS).stream()
        .mapToDouble(Double::doubleValue)
        .filter(seconds -> seconds >= lastSeen)
        .findFirst()
        .orElse(lastSeen);
  }

  private static double residentMib(long pid, double lastSeen) {
    try {
      for (String line : Files.readAllLines(Path.of("/proc", Long.toString(pid), "status"))) {
        if (line.startsWith("VmRSS:")) {
          return Long.parseLong(line.replaceAll("\\D", "")) / 1024.0;
        }
      }
    } catch (IOException e) {
      // It has ended, or this is not Linux.
      return lastSeen;
    }
    return lastSeen;
  }
}
