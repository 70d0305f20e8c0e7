package dev.funes.cli.perf;

import dev.funes.cli.format.Sizes;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.stream.Collectors;

/** A result in some lines for people. */
final class Summary {
  private final PrintWriter out;

  Summary(PrintWriter out) {
    this.out = out;
  }

  void print(Result result) {
    line(
        "%s %s: %s record%s, %s in %.3f s",
        result.scenario(),
        result.topic(),
        Sizes.count(result.records()),
        result.records() == 1 ? "" : "s",
        Sizes.print(result.bytes()),
        result.seconds());
    line(
        "  %s records/s, %.2f MiB/s%s",
        Sizes.count(Math.round(result.recordsPerSecond())),
        result.mibPerSecond(),
        result.failed() == 0 ? "" : ", " + Sizes.count(result.failed()) + " failed");
    if (result.notSent() > 0) {
      line(
          "  %s more were due and not sent: the cluster, or the client, is slower than --rate",
          Sizes.count(result.notSent()));
    }
    if (result.hasLatency()) {
      latency(Percentiles.of(result.latency()));
    }
    if (!result.hasLatency() && result.firstRecordMillis() >= 0) {
      line("  first record after %.1f ms", result.firstRecordMillis());
    }
    line("  longest gap %.1f ms", result.longestGapMillis());
    cpu(result.cpu(), result.bytes());
    out.flush();
  }

  private void latency(Percentiles latency) {
    line(
        "  latency, ms: mean %.2f, p50 %.2f, p90 %.2f, p95 %.2f, p99 %.2f, p99.9 %.2f, p99.99 %.2f,"
            + " max %.2f",
        latency.mean(),
        latency.p50(),
        latency.p90(),
        latency.p95(),
        latency.p99(),
        latency.p999(),
        latency.p9999(),
        latency.max());
  }

  /** What CPU was used, and how much that is for these bytes, unless they are none. */
  void cpu(CpuMeter.Used cpu, long bytes) {
    line("  CPU of the client: %.2f s%s", cpu.clientSeconds(), perGb(cpu.clientSeconds(), bytes));
    if (!cpu.pids().isEmpty()) {
      line(
          "  CPU of the nodes: %.2f s%s; resident: %s MiB",
          cpu.nodesSeconds(),
          perGb(cpu.nodesSeconds(), bytes),
          cpu.nodesRssMib().stream()
              .map(mib -> Sizes.count(Math.round(mib)))
              .collect(Collectors.joining(", ")));
    }
  }

  private static String perGb(double seconds, long bytes) {
    return bytes == 0
        ? ""
        : String.format(Locale.ROOT, ", %.2f s per GB", CpuMeter.perGb(seconds, bytes));
  }

  @SuppressWarnings("AnnotateFormatMethod") // private; every format stands above
  private void line(String format, Object... values) {
    out.println(String.format(Locale.ROOT, format, values));
  }
}
