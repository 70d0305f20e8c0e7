package dev.funes.client;

import java.util.concurrent.ThreadLocalRandom;

/** How long to wait after so many failures: doubled each time up to a bound, with some jitter. */
final class Backoff {
  private static final int DOUBLINGS_MAX = 20;

  private Backoff() {}

  /**
   * @param failures in a row, from 1
   */
  static long millis(int failures, long millisMin, long millisMax) {
    long full = Math.min(millisMax, millisMin << Math.min(failures - 1, DOUBLINGS_MAX));
    return full - ThreadLocalRandom.current().nextLong(full / 4 + 1);
  }
}
