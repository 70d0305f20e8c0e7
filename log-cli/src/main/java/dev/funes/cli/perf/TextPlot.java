package dev.funes.cli.perf;

import java.io.PrintWriter;
import java.util.Arrays;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/** Latency by percentile in characters. */
final class TextPlot {
  private static final int COLUMNS = 66;
  private static final int ROWS = 16;
  private static final int LABEL_COLUMNS = 10;

  private TextPlot() {}

  /** Prints the curve of these latencies, in nanoseconds. */
  static void print(Histogram nanos, PrintWriter out) {
    PercentileCurve curve = PercentileCurve.of(nanos);
    LogScale scale = curve.scale();
    char[][] grid = new char[ROWS][COLUMNS];
    for (char[] row : grid) {
      Arrays.fill(row, ' ');
    }
    for (int column = 0; column < COLUMNS; column++) {
      grid[row(scale.position(millisAt(curve, column)))][column] = '*';
    }
    out.println();
    out.println("latency in ms by percentile");
    String[] labels = labels(scale);
    for (int row = 0; row < ROWS; row++) {
      out.println(labels[row] + " |" + new String(grid[row]).stripTrailing());
    }
    out.println(" ".repeat(LABEL_COLUMNS) + " +" + "-".repeat(COLUMNS));
    out.println(" ".repeat(LABEL_COLUMNS + 2) + percentiles(curve));
    out.flush();
  }

  private static int row(double position) {
    return ROWS - 1 - (int) Math.round(position * (ROWS - 1));
  }

  /** The latency of the first point that lies as far to the right. */
  private static double millisAt(PercentileCurve curve, int column) {
    double nines = curve.nines() * column / (COLUMNS - 1);
    return curve.points().stream()
        .filter(point -> point.nines() >= nines - 1e-9)
        .findFirst()
        .orElse(curve.points().getLast())
        .millis();
  }

  private static String[] labels(LogScale scale) {
    String[] labels = new String[ROWS];
    Arrays.fill(labels, " ".repeat(LABEL_COLUMNS));
    for (double step : scale.steps()) {
      labels[row(scale.position(step))] =
          String.format(Locale.ROOT, "%" + LABEL_COLUMNS + "s", label(step));
    }
    return labels;
  }

  /** A step of a scale, without needless digits. */
  static String label(double step) {
    return step >= 1
        ? String.format(Locale.ROOT, "%.0f", step)
        : String.format(Locale.ROOT, "%.4f", step).replaceAll("0+$", "");
  }

  private static String percentiles(PercentileCurve curve) {
    StringBuilder line = new StringBuilder();
    for (PercentileCurve.Mark mark : curve.marks()) {
      int column = (int) Math.round(mark.nines() / curve.nines() * (COLUMNS - 1));
      if (column >= line.length()) {
        line.append(" ".repeat(column - line.length())).append(mark.name()).append(' ');
      }
    }
    return line.toString().stripTrailing();
  }
}
