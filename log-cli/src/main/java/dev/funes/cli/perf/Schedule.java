package dev.funes.cli.perf;

/**
 * When the records of one client are due. The clients take turns, so that together they keep the
 * rate with even steps.
 *
 * @param ratePerSecond of all clients together, above 0
 * @param clients how many there are
 * @param client which one this is, from 0
 */
record Schedule(double ratePerSecond, int clients, int client) {
  private static final double NANOS = 1e9;

  Schedule {
    if (!(ratePerSecond > 0)) {
      throw new IllegalArgumentException("expected a rate above 0, was " + ratePerSecond);
    }
  }

  /** When record number n of this client is due, in nanoseconds after the start; n from 0. */
  long dueNanos(long n) {
    // A double is exact to far below a nanosecond for the length of any run.
    return (long) ((n * (double) clients + client) * NANOS / ratePerSecond);
  }

  /** How many records of this client are due before that time after the start. */
  long dueBefore(long nanos) {
    long n = Math.max(0, (long) ((nanos * ratePerSecond / NANOS - client) / clients));
    while (dueNanos(n) < nanos) {
      n++;
    }
    while (n > 0 && dueNanos(n - 1) >= nanos) {
      n--;
    }
    return n;
  }
}
