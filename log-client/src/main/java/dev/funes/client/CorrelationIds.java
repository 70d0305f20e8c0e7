package dev.funes.client;

import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Names of requests: the milliseconds since 1970-01-01 UTC in 12 hexadecimal digits, a dash, and 16
 * random ones. So the ids grow with time, and a reply can be looked for from then on.
 */
final class CorrelationIds {
  private static final HexFormat HEX = HexFormat.of();
  private static final int TIME_DIGITS = 12;
  private static final int LENGTH = TIME_DIGITS + 1 + 16;

  private CorrelationIds() {}

  static String create() {
    return HEX.toHexDigits(System.currentTimeMillis(), TIME_DIGITS)
        + "-"
        + HEX.toHexDigits(ThreadLocalRandom.current().nextLong());
  }

  /** When it was made, in milliseconds since 1970-01-01 UTC; null for one that is not ours. */
  static @Nullable Long timeMillis(String id) {
    if (id.length() != LENGTH || id.charAt(TIME_DIGITS) != '-') {
      return null;
    }
    try {
      return HexFormat.fromHexDigitsToLong(id, 0, TIME_DIGITS);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
