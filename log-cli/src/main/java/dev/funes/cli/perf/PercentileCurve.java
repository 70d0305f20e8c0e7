package dev.funes.cli.perf;

import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;

/**
 * Latency by percentile, where each nine is as wide as the one before.
 *
 * @param nines how many nines the last point has: 2 is 99 %
 */
record PercentileCurve(List<Point> points, double nines) {
  private static final int STEPS_PER_HALVING = 8;
  private static final double NANOS_PER_MILLI = 1e6;

  /** The median, which has a third of a nine. */
  private static final double HALF = -Math.log10(0.5);

  /** The name of a percentile and where it stands. */
  record Mark(String name, double nines) {}

  /** So much of the records, as nines, took at most so long. */
  record Point(double nines, double millis) {}

  PercentileCurve {
    points = List.copyOf(points);
  }

  /** The curve of at least one latency, in nanoseconds. */
  static PercentileCurve of(Histogram nanos) {
    double last = Math.max(1, Math.log10((double) nanos.getTotalCount()));
    List<Point> points = new ArrayList<>();
    for (HistogramIterationValue value : nanos.percentiles(STEPS_PER_HALVING)) {
      double rest = 1 - value.getPercentileLevelIteratedTo() / 100;
      double x = rest <= 0 ? last : Math.min(last, -Math.log10(rest));
      points.add(new Point(x, millis(value.getValueIteratedTo())));
    }
    return new PercentileCurve(points, last);
  }

  private static double millis(long nanos) {
    return Math.max(nanos, 1) / NANOS_PER_MILLI;
  }

  /** The scale that all of it fits on. */
  LogScale scale() {
    return LogScale.over(points.getFirst().millis(), points.getLast().millis());
  }

  /** The percentiles to name below the curve, from 0% and 50% on, as far as it goes. */
  List<Mark> marks() {
    List<Mark> marks = new ArrayList<>(List.of(new Mark("0%", 0), new Mark("50%", HALF)));
    for (int count = 1; count <= nines; count++) {
      marks.add(new Mark(name(count), count));
    }
    return marks;
  }

  private static String name(int nines) {
    return switch (nines) {
      case 1 -> "90%";
      case 2 -> "99%";
      default -> "99." + "9".repeat(nines - 2) + "%";
    };
  }
}
