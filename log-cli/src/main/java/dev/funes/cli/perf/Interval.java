package dev.funes.cli.perf;

/**
 * A piece of a phase.
 *
 * @param fromSeconds since the start of the phase, like the next
 * @param bytes of keys and values
 */
record Interval(
    double fromSeconds, double toSeconds, long records, long bytes, Percentiles latency) {
  double recordsPerSecond() {
    return records / length();
  }

  double bytesPerSecond() {
    return bytes / length();
  }

  private double length() {
    return Math.max(toSeconds - fromSeconds, 1e-9);
  }
}
