package dev.funes.cli.format;

import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Numbers of bytes as users write and read them. */
public final class Sizes {
  private static final Pattern SIZE = Pattern.compile("(\\d+)\\s*(B|KiB|MiB|GiB|TiB|)");
  private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB"};

  private Sizes() {}

  /**
   * Reads a size such as {@code 1048576}, {@code 64KiB} or {@code 1GiB}.
   *
   * @return bytes
   * @throws IllegalArgumentException with one line for the user
   */
  public static long parse(String text) {
    Matcher size = SIZE.matcher(text);
    if (size.matches()) {
      int power = Math.max(0, List.of(UNITS).indexOf(size.group(2)));
      try {
        return Math.multiplyExact(Long.parseLong(size.group(1)), 1L << (10 * power));
      } catch (ArithmeticException | NumberFormatException e) {
        // Too large for any disk: the same message.
      }
    }
    throw new IllegalArgumentException(
        "'" + text + "' is no size: use bytes, or a number with KiB, MiB, GiB or TiB");
  }

  /** Prints bytes for people: one decimal and the greatest unit that leaves at least 1. */
  public static String print(long bytes) {
    int unit = 0;
    double shown = bytes;
    while (shown >= 1024 && unit < UNITS.length - 1) {
      shown /= 1024;
      unit++;
    }
    return unit == 0 ? bytes + " B" : String.format(Locale.ROOT, "%.1f %s", shown, UNITS[unit]);
  }

  /** Prints a count with a comma at every thousand. */
  public static String count(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }
}
