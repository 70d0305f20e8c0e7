package dev.funes.cli.perf;

import dev.funes.cli.console.OutputFormat;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Where all latencies go, beside the percentiles of the result. */
@SuppressWarnings("NullAway.Init") // picocli sets the fields before the command is called
final class LatencyOptions {
  private static final String LOG_SUFFIX = ".hlog";
  private static final String TEXT = "-";
  private static final int STEPS_PER_HALVING = 5;
  private static final double NANOS_PER_MILLI = 1e6;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--hist",
      paramLabel = "FILE",
      description =
          "Write the latencies to this file for the tools of HdrHistogram: with the suffix .hlog"
              + " one histogram an interval, else the percentiles of all, in ms.")
  private @Nullable Path hist;

  @Option(
      names = "--plot",
      paramLabel = "FILE.svg",
      description = "Draw the latencies to this file, or with - in characters after the summary.")
  private @Nullable String plot;

  /** The options of a command that measures no latency. */
  static LatencyOptions none() {
    return new LatencyOptions();
  }

  /** Refuses what could not be written at the end. */
  void check(OutputFormat format) {
    require(
        !TEXT.equals(plot) || format == OutputFormat.TABLE,
        "--plot - and -f json both want standard output");
    require(hist == null || hasFolder(hist), "--hist: there is no folder for " + hist);
    require(
        plot == null || plot.equals(TEXT) || hasFolder(Path.of(plot)),
        "--plot: there is no folder for " + plot);
  }

  private void require(boolean condition, String message) {
    if (!condition) {
      throw new ParameterException(spec.commandLine(), message);
    }
  }

  private static boolean hasFolder(Path file) {
    Path folder = file.toAbsolutePath().getParent();
    return folder != null && Files.isDirectory(folder) && !Files.isDirectory(file);
  }

  /** Opens the log of intervals; one that writes nothing when none was asked for. */
  HistogramLog openLog() throws IOException {
    return hist != null && isLog(hist)
        ? HistogramLog.to(Files.newOutputStream(hist))
        : HistogramLog.none();
  }

  private static boolean isLog(Path file) {
    return file.toString().endsWith(LOG_SUFFIX);
  }

  /** Writes what was asked for and is not written yet. */
  void write(Result result, PrintWriter out) throws IOException {
    if (hist != null && !isLog(hist)) {
      try (OutputStream file = Files.newOutputStream(hist);
          PrintStream text = new PrintStream(file, false, StandardCharsets.UTF_8)) {
        result.latency().outputPercentileDistribution(text, STEPS_PER_HALVING, NANOS_PER_MILLI);
      }
    }
    if (plot != null && result.hasLatency()) {
      if (plot.equals(TEXT)) {
        TextPlot.print(result.latency(), out);
      } else {
        Files.writeString(Path.of(plot), SvgPlot.of(result));
      }
    }
  }
}
