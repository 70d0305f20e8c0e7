package dev.funes.cli.perf;

import dev.funes.cli.console.Terminal;
import dev.funes.cli.format.Sizes;
import java.io.PrintWriter;
import java.util.Locale;

/** A line for each interval, while a person is watching. */
final class Ticker {
  private final PrintWriter err;
  private final boolean visible;

  /** Shows nothing unless standard error is a terminal. */
  Ticker(PrintWriter err) {
    this(err, Terminal.onStandardError());
  }

  Ticker(PrintWriter err, boolean visible) {
    this.err = err;
    this.visible = visible;
  }

  void show(String what, Interval interval) {
    if (visible) {
      err.println(what + line(interval));
      err.flush();
    }
  }

  private static String line(Interval interval) {
    String speed =
        String.format(
            Locale.ROOT,
            "%6.1f s  %s records/s  %s/s",
            interval.toSeconds(),
            Sizes.count(Math.round(interval.recordsPerSecond())),
            Sizes.print(Math.round(interval.bytesPerSecond())));
    Percentiles latency = interval.latency();
    return latency.max() == 0
        ? speed
        : speed
            + String.format(
                Locale.ROOT,
                "  p50 %.1f  p99 %.1f  max %.1f ms",
                latency.p50(),
                latency.p99(),
                latency.max());
  }
}
