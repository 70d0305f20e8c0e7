package dev.funes.cli.replay;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How fast records follow each other, by their timestamps: at a multiple of the original pace, or
 * as fast as they can be read.
 *
 * @param factor 1 is the original pace; infinite: without waiting
 */
record Speed(double factor) {
  private static final Pattern MULTIPLE = Pattern.compile("([0-9]+(?:\\.[0-9]+)?)x");

  static Speed parse(String text) {
    if (text.equals("max")) {
      return new Speed(Double.POSITIVE_INFINITY);
    }
    Matcher multiple = MULTIPLE.matcher(text);
    if (multiple.matches()) {
      double factor = Double.parseDouble(multiple.group(1));
      if (factor > 0) {
        return new Speed(factor);
      }
    }
    throw new IllegalArgumentException(
        "'" + text + "' is no speed: use max, or a multiple such as 1x, 10x or 0.5x");
  }

  /** How long after the first record one of this timestamp comes; never less than nothing. */
  Duration after(long firstMillis, long timestampMillis) {
    return Double.isInfinite(factor)
        ? Duration.ZERO
        : Duration.ofNanos((long) (1e6 * Math.max(0, timestampMillis - firstMillis) / factor));
  }
}
