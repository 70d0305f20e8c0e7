package dev.funes.cli.perf;

import org.HdrHistogram.Histogram;

/** Latencies in milliseconds; all 0 when nothing was measured. */
record Percentiles(
    double mean,
    double p50,
    double p90,
    double p95,
    double p99,
    double p999,
    double p9999,
    double max) {
  private static final double NANOS_PER_MILLI = 1e6;

  private static final Percentiles NONE = new Percentiles(0, 0, 0, 0, 0, 0, 0, 0);

  static Percentiles of(Histogram nanos) {
    if (nanos.getTotalCount() == 0) {
      return NONE; // An empty histogram answers half a microsecond.
    }
    return new Percentiles(
        nanos.getMean() / NANOS_PER_MILLI,
        at(50, nanos),
        at(90, nanos),
        at(95, nanos),
        at(99, nanos),
        at(99.9, nanos),
        at(99.99, nanos),
        nanos.getMaxValue() / NANOS_PER_MILLI);
  }

  private static double at(double percentile, Histogram nanos) {
    return nanos.getValueAtPercentile(percentile) / NANOS_PER_MILLI;
  }
}
