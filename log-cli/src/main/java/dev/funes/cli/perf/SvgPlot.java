package dev.funes.cli.perf;

import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** Two pictures in one SVG file: latency by percentile, and latency by the time of the run. */
final class SvgPlot {
  private static final int WIDTH = 900;
  private static final int HEIGHT = 760;
  private static final int LEFT = 70;
  private static final int RIGHT = WIDTH - 30;
  private static final int PLOT_HEIGHT = 260;
  private static final int FIRST_TOP = 70;
  private static final int SECOND_TOP = 430;
  private static final int TIME_LABELS = 10;

  /** Told apart by everybody, also in print. */
  private static final String P50 = "#0072b2";

  private static final String P99 = "#e69f00";
  private static final String MAX = "#d55e00";

  private final StringBuilder svg = new StringBuilder();

  private SvgPlot() {}

  /** The text of the file. The result has latencies. */
  static String of(Result result) {
    SvgPlot plot = new SvgPlot();
    plot.add(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\""
            + " font-family=\"sans-serif\" font-size=\"12\">",
        WIDTH, HEIGHT);
    plot.add("<rect width=\"%d\" height=\"%d\" fill=\"white\"/>", WIDTH, HEIGHT);
    plot.text(LEFT, 24, "start", title(result));
    plot.byPercentile(result);
    plot.byTime(result.intervals());
    plot.add("</svg>");
    return plot.svg.toString();
  }

  private static String title(Result result) {
    return String.format(
        Locale.ROOT,
        "funes perf %s: %,d records, %,.0f records/s, %.1f MiB/s, %s",
        result.scenario(),
        result.records(),
        result.recordsPerSecond(),
        result.mibPerSecond(),
        result.started());
  }

  private void byPercentile(Result result) {
    PercentileCurve curve = PercentileCurve.of(result.latency());
    LogScale scale = curve.scale();
    frame(FIRST_TOP, "latency in ms by percentile", scale);
    for (PercentileCurve.Mark mark : curve.marks()) {
      double x = x(mark.nines() / curve.nines());
      line(x, FIRST_TOP, x, FIRST_TOP + PLOT_HEIGHT, "#ddd");
      text(x, FIRST_TOP + PLOT_HEIGHT + 16, "middle", mark.name());
    }
    StringBuilder points = new StringBuilder();
    for (PercentileCurve.Point point : curve.points()) {
      point(points, x(point.nines() / curve.nines()), y(FIRST_TOP, scale, point.millis()));
    }
    polyline(points, P50);
  }

  private void byTime(List<Interval> all) {
    List<Interval> intervals = all.stream().filter(i -> i.latency().max() > 0).toList();
    if (intervals.isEmpty()) {
      return;
    }
    double lowest = intervals.stream().mapToDouble(i -> i.latency().p50()).min().orElseThrow();
    double highest = intervals.stream().mapToDouble(i -> i.latency().max()).max().orElseThrow();
    LogScale scale = LogScale.over(Math.max(lowest, 1e-3), Math.max(highest, 1e-3));
    frame(SECOND_TOP, "latency in ms by the seconds of the run", scale);
    double end = all.getLast().toSeconds();
    for (int i = 0; i <= TIME_LABELS; i++) {
      double seconds = end * i / TIME_LABELS;
      text(
          x((double) i / TIME_LABELS),
          SECOND_TOP + PLOT_HEIGHT + 16,
          "middle",
          String.format(Locale.ROOT, "%.1f", seconds));
    }
    series(intervals, i -> i.latency().max(), end, scale, MAX);
    series(intervals, i -> i.latency().p99(), end, scale, P99);
    series(intervals, i -> i.latency().p50(), end, scale, P50);
    legend(0, "p50", P50);
    legend(1, "p99", P99);
    legend(2, "max", MAX);
  }

  private void series(
      List<Interval> intervals,
      ToDoubleFunction<Interval> millis,
      double end,
      LogScale scale,
      String colour) {
    StringBuilder points = new StringBuilder();
    for (Interval interval : intervals) {
      double middle = (interval.fromSeconds() + interval.toSeconds()) / 2;
      point(points, x(middle / end), y(SECOND_TOP, scale, millis.applyAsDouble(interval)));
    }
    polyline(points, colour);
  }

  private void legend(int index, String name, String colour) {
    int left = LEFT + index * 80;
    int top = SECOND_TOP + PLOT_HEIGHT + 40;
    line(left, top, left + 24, top, colour);
    text(left + 30, top + 4, "start", name);
  }

  private void frame(int top, String title, LogScale scale) {
    text(LEFT, top - 12, "start", title);
    for (double step : scale.steps()) {
      double y = y(top, scale, step);
      line(LEFT, y, RIGHT, y, "#ddd");
      text(LEFT - 8, y + 4, "end", TextPlot.label(step));
    }
    line(LEFT, top, LEFT, top + PLOT_HEIGHT, "#333");
    line(LEFT, top + PLOT_HEIGHT, RIGHT, top + PLOT_HEIGHT, "#333");
  }

  private static double x(double position) {
    return LEFT + position * (RIGHT - LEFT);
  }

  private static double y(int top, LogScale scale, double millis) {
    return top + (1 - scale.position(millis)) * PLOT_HEIGHT;
  }

  private static void point(StringBuilder points, double x, double y) {
    points.append(String.format(Locale.ROOT, "%.1f,%.1f ", x, y));
  }

  private void polyline(CharSequence points, String colour) {
    add(
        "<polyline fill=\"none\" stroke=\"%s\" stroke-width=\"2\" points=\"%s\"/>",
        colour, points.toString().strip());
  }

  private void line(double x1, double y1, double x2, double y2, String colour) {
    add(
        "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\"/>",
        x1, y1, x2, y2, colour);
  }

  private void text(double x, double y, String anchor, String words) {
    add("<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>", x, y, anchor, words);
  }

  @SuppressWarnings("AnnotateFormatMethod") // private; every format stands above
  private void add(String format, Object... values) {
    svg.append(String.format(Locale.ROOT, format, values)).append('\n');
  }
}
