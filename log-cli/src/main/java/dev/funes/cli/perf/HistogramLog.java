package dev.funes.cli.perf;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogWriter;
import org.jspecify.annotations.Nullable;

/** One histogram of nanoseconds for each interval, in the log format of HdrHistogram. */
final class HistogramLog implements AutoCloseable {
  private static final double NANOS_PER_MILLI = 1e6;

  private final @Nullable OutputStream file;
  private final @Nullable HistogramLogWriter writer;

  private HistogramLog(@Nullable OutputStream file) {
    this.file = file;
    this.writer = file == null ? null : new HistogramLogWriter(file);
  }

  /** A log that closes the file in the end. */
  static HistogramLog to(OutputStream file) {
    return new HistogramLog(file);
  }

  /** A log that nobody reads. */
  static HistogramLog none() {
    return new HistogramLog(null);
  }

  /** The clock of the intervals starts. */
  void start(Instant started) {
    if (writer != null) {
      writer.outputLogFormatVersion();
      writer.outputComment("[Latencies in nanoseconds; the maximum in milliseconds]");
      writer.outputStartTime(started.toEpochMilli());
      writer.outputLegend();
    }
  }

  void write(Interval interval, Histogram latency) {
    if (writer != null) {
      writer.outputIntervalHistogram(
          interval.fromSeconds(), interval.toSeconds(), latency, NANOS_PER_MILLI);
    }
  }

  @Override
  public void close() {
    if (file != null) {
      try {
        file.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
