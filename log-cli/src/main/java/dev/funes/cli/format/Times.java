package dev.funes.cli.format;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Points in time and durations as users write them. */
public final class Times {
  private static final Pattern DURATION_PART = Pattern.compile("(\\d+)(ms|s|m|h|d|w)");
  private static final long DAY_MILLIS = 86_400_000;

  private Times() {}

  /**
   * Reads a point in time: milliseconds since 1970-01-01 UTC, ISO-8601 (without a zone it is UTC),
   * or a duration with a minus before it, which counts back from now.
   *
   * @return milliseconds since 1970-01-01 UTC
   * @throws IllegalArgumentException with one line for the user
   */
  public static long parseTimestamp(String text, InstantSource clock) {
    if (text.startsWith("-")) {
      return clock.millis() - parseDuration(text.substring(1)).toMillis();
    }
    try {
      if (!text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9')) {
        return Long.parseLong(text);
      }
      return parseIso(text);
    } catch (DateTimeException | ArithmeticException | NumberFormatException e) {
      throw new IllegalArgumentException(
          "'"
              + text
              + "' is no time: use milliseconds since 1970, an ISO-8601 time such as"
              + " 2026-01-31T12:00:00Z, or -1h for an hour ago",
          e);
    }
  }

  private static long parseIso(String text) {
    if (text.length() == "2026-01-31".length()) {
      return LocalDate.parse(text).atStartOfDay().toInstant(ZoneOffset.UTC).toEpochMilli();
    }
    String zone = text.substring(Math.min(text.length(), "2026-01-31T".length()));
    boolean hasZone = zone.indexOf('Z') >= 0 || zone.indexOf('+') >= 0 || zone.indexOf('-') >= 0;
    return hasZone
        ? OffsetDateTime.parse(text).toInstant().toEpochMilli()
        : LocalDateTime.parse(text).toInstant(ZoneOffset.UTC).toEpochMilli();
  }

  /**
   * Reads a duration such as {@code 500ms}, {@code 10s}, {@code 1h30m} or {@code 7d}.
   *
   * @throws IllegalArgumentException with one line for the user
   */
  public static Duration parseDuration(String text) {
    Matcher part = DURATION_PART.matcher(text);
    long millis = 0;
    int at = 0;
    try {
      while (part.find() && part.start() == at) {
        long unit =
            switch (part.group(2)) {
              case "ms" -> 1;
              case "s" -> 1_000;
              case "m" -> 60_000;
              case "h" -> 3_600_000;
              case "d" -> DAY_MILLIS;
              default -> 7 * DAY_MILLIS;
            };
        millis = Math.addExact(millis, Math.multiplyExact(Long.parseLong(part.group(1)), unit));
        at = part.end();
      }
    } catch (ArithmeticException | NumberFormatException e) {
      at = -1;
    }
    if (at != text.length() || text.isEmpty()) {
      throw new IllegalArgumentException(
          "'" + text + "' is no duration: use a number with ms, s, m, h, d or w, such as 1h30m");
    }
    return Duration.ofMillis(millis);
  }

  /** Prints a duration the way {@link #parseDuration} reads it, exactly. */
  public static String printDuration(long millis) {
    if (millis == 0) {
      return "0s";
    }
    StringBuilder out = new StringBuilder();
    long rest = millis;
    long[] units = {DAY_MILLIS, 3_600_000, 60_000, 1_000, 1};
    String[] names = {"d", "h", "m", "s", "ms"};
    for (int i = 0; i < units.length; i++) {
      if (rest >= units[i]) {
        out.append(rest / units[i]).append(names[i]);
        rest %= units[i];
      }
    }
    return out.toString();
  }

  /** Prints a point in time as ISO-8601 in UTC. */
  public static String printTimestamp(long millis) {
    return Instant.ofEpochMilli(millis).toString();
  }
}
