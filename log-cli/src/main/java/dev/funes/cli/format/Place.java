package dev.funes.cli.format;

import java.time.InstantSource;

/**
 * A place in a partition, as users write it: {@code start}, {@code end}, {@code N}, {@code -N},
 * {@code @timestamp} or {@code @-1h}. The same language everywhere a command takes an offset.
 */
public sealed interface Place {
  /** The first record that is still there. */
  record Start() implements Place {}

  /** After the last record. */
  record End() implements Place {}

  /** The record of this offset, from 0. */
  record At(long offset) implements Place {}

  /** So many records before the end, at most to the start. */
  record BeforeEnd(long count) implements Place {}

  /** The first record stamped at or after this time, in milliseconds since 1970-01-01 UTC. */
  record AtTime(long timestampMillis) implements Place {}

  /** What to show users who wrote something else. */
  String LANGUAGE =
      "start, end, an offset, -N for N before the end, @timestamp or @-1h for an hour ago";

  /**
   * Reads a place.
   *
   * @throws IllegalArgumentException with one line for the user
   */
  static Place parse(String text, InstantSource clock) {
    if (text.equals("start")) {
      return new Start();
    }
    if (text.equals("end")) {
      return new End();
    }
    if (text.startsWith("@")) {
      return new AtTime(Times.parseTimestamp(text.substring(1), clock));
    }
    boolean beforeEnd = text.startsWith("-");
    String number = beforeEnd ? text.substring(1) : text;
    if (!number.isEmpty() && number.chars().allMatch(c -> c >= '0' && c <= '9')) {
      try {
        long parsed = Long.parseLong(number);
        return beforeEnd ? new BeforeEnd(parsed) : new At(parsed);
      } catch (NumberFormatException e) {
        // Greater than any offset: the message below.
      }
    }
    throw new IllegalArgumentException("'" + text + "' is no place in a log: use " + LANGUAGE);
  }
}
