package dev.funes.server.coordinator;

import java.util.concurrent.TimeUnit;

/**
 * Time in which the process ran: when it stood still, nobody could be heard, and so nobody was
 * silent. One thread, which must look often.
 */
final class ElapsedClock {
  /** Between two looks; more is time in which the whole process stood still. */
  private static final int LATE_MILLIS_MAX = 1_000;

  private long elapsedMillis;
  private long lookedAtNanos = System.nanoTime();

  long millis() {
    long now = System.nanoTime();
    long millis = TimeUnit.NANOSECONDS.toMillis(now - lookedAtNanos);
    if (millis > LATE_MILLIS_MAX) {
      elapsedMillis += LATE_MILLIS_MAX;
      lookedAtNanos = now;
    } else {
      elapsedMillis += millis;
      lookedAtNanos += TimeUnit.MILLISECONDS.toNanos(millis);
    }
    return elapsedMillis;
  }
}
