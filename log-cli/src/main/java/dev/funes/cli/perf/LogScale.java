package dev.funes.cli.perf;

import java.util.ArrayList;
import java.util.List;

/**
 * An axis on which equal steps multiply; latency needs it, whose tail is a thousand times its
 * middle.
 */
record LogScale(double min, double max) {
  private static final double[] STEPS = {1, 2, 5};

  /** From the step below the lowest value to the step above the highest. Both above 0. */
  static LogScale over(double lowest, double highest) {
    double min = lowest;
    double max = highest;
    for (double step : steps(lowest / 10, highest * 10)) {
      min = step <= lowest ? step : min;
      if (step > highest) {
        max = step;
        break;
      }
    }
    return new LogScale(min, max);
  }

  /** Where a value stands, from 0 to 1. */
  double position(double value) {
    double clamped = Math.clamp(value, min, max);
    return Math.log(clamped / min) / Math.log(max / min);
  }

  /** The steps of 1, 2 and 5 on the axis. */
  List<Double> steps() {
    return steps(min, max);
  }

  private static List<Double> steps(double from, double to) {
    List<Double> steps = new ArrayList<>();
    // Somewhat wider than asked for, as powers of ten are not exact.
    for (int power = (int) Math.floor(Math.log10(from));
        Math.pow(10, power) <= to * 1.001;
        power++) {
      for (double step : STEPS) {
        double value = step * Math.pow(10, power);
        if (value >= from * 0.999 && value <= to * 1.001) {
          steps.add(value);
        }
      }
    }
    return steps;
  }
}
