package dev.funes.chaos.timeline;

import dev.funes.chaos.history.Op;
import java.util.Locale;

/** SVG, piece by piece. Not thread-safe. */
final class Picture {
  private static final int WIDTH = 1200;
  private static final int LEFT = 70;
  private static final int RIGHT = 20;
  private static final int PANEL = 180;
  private static final int GAP = 40;
  private static final int LABELS_MAX = 80; // more faults than that are drawn without their names

  private final StringBuilder svg = new StringBuilder();
  private final long endNanos;
  private int top = 30;

  Picture(long endNanos) {
    this.endNanos = endNanos;
  }

  private double x(long nanos) {
    double share = (double) Math.min(nanos, endNanos) / endNanos;
    return LEFT + share * (WIDTH - LEFT - RIGHT);
  }

  private void add(String element) {
    svg.append(element).append('\n');
  }

  /** A fault: a band over both panels. */
  void fault(Op.Fault fault, int number, int count) {
    double from = x(fault.invokedNanos());
    double to = Math.max(from + 1, x(fault.endedNanos()));
    String colour =
        switch (fault.impact()) {
          case NONE -> "#cfe3f7";
          case MINORITY -> "#fbe6b8";
          case MAJORITY -> "#f6c6c0";
        };
    add(
        String.format(
            Locale.ROOT,
            "<rect x='%.1f' y='%d' width='%.1f' height='%d' fill='%s' fill-opacity='0.7'>"
                + "<title>%s</title></rect>",
            from,
            top,
            to - from,
            2 * PANEL + GAP,
            colour,
            escaped(
                "%s of %s, %.1f to %.1f s: %s"
                    .formatted(
                        fault.name(),
                        fault.targets(),
                        fault.invokedNanos() / 1e9,
                        Math.min(fault.endedNanos(), endNanos) / 1e9,
                        fault.evidence()))));
    if (count <= LABELS_MAX) {
      add(
          String.format(
              Locale.ROOT,
              "<text x='%.1f' y='%d' class='fault'>%s</text>",
              from + 1,
              top + 10 + 11 * (number % 8),
              escaped(fault.name())));
    }
  }

  /** A violation: a red line over both panels. */
  void violation(long atNanos, String text) {
    add(
        String.format(
            Locale.ROOT,
            "<line x1='%.1f' x2='%.1f' y1='%d' y2='%d' class='violation'><title>%s</title></line>",
            x(atNanos),
            x(atNanos),
            top - 8,
            top + 2 * PANEL + GAP,
            escaped(text)));
  }

  /** Begins a panel with a scale from 0 to the largest value. */
  void panel(String title, double largest, String unit) {
    add(
        String.format(
            Locale.ROOT,
            "<text x='%d' y='%d' class='title'>%s</text>",
            LEFT,
            top - 6,
            escaped(title)));
    add(
        String.format(
            Locale.ROOT,
            "<rect x='%d' y='%d' width='%d' height='%d' fill='none' stroke='#999'/>",
            LEFT,
            top,
            WIDTH - LEFT - RIGHT,
            PANEL));
    for (int i = 0; i <= 4; i++) {
      double y = top + PANEL - PANEL * i / 4.0;
      add(
          String.format(
              Locale.ROOT,
              "<text x='%d' y='%.1f' class='scale' text-anchor='end'>%s</text>",
              LEFT - 6,
              y + 4,
              number(largest * i / 4) + (i == 4 ? " " + unit : "")));
    }
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, value < 10 && value > 0 ? "%.1f" : "%,.0f", value);
  }

  /** One line in the panel. */
  void line(double[] values, double largest, String colour, String name) {
    StringBuilder points = new StringBuilder();
    for (int i = 0; i < values.length; i++) {
      double x = LEFT + (i + 0.5) * (WIDTH - LEFT - RIGHT) / values.length;
      double y = top + PANEL - PANEL * Math.min(1, values[i] / Math.max(largest, 1e-9));
      points.append(String.format(Locale.ROOT, "%.1f,%.1f ", x, y));
    }
    add(
        String.format(
            Locale.ROOT,
            "<polyline points='%s' fill='none' stroke='%s' stroke-width='1.2'><title>%s</title></polyline>",
            points.toString().strip(),
            colour,
            escaped(name)));
  }

  void endPanel() {
    top += PANEL + GAP;
  }

  /** Seconds below the panels. */
  void seconds() {
    for (int i = 0; i <= 10; i++) {
      long nanos = endNanos / 10 * i;
      add(
          String.format(
              Locale.ROOT,
              "<text x='%.1f' y='%d' class='scale' text-anchor='middle'>%s s</text>",
              x(nanos),
              top - GAP + 16,
              number(nanos / 1e9)));
    }
  }

  String done() {
    return "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 %d %d' width='100%%'>%n%s</svg>%n"
        .formatted(WIDTH, top, svg);
  }

  static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("'", "&#39;")
        .replace("\"", "&quot;");
  }
}
