package dev.funes.raft;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Notices that the whole process stood still, because it was stopped or its machine was frozen.
 * After a minute everybody has gone on without it, and what it holds of connections, leases and
 * timers says nothing any more; a new start is quicker and surer than to find that out one by one.
 * Asked regularly, by one thread.
 */
final class StandStill {

  static final long MILLIS_MAX = 60_000;

  private final LongSupplier nanoTime;
  private long lastNanos;

  StandStill(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.lastNanos = nanoTime.getAsLong();
  }

  /** How long it was since the last call, when that is too long; else 0. */
  long tooLongMillis() {
    long now = nanoTime.getAsLong();
    long millis = TimeUnit.NANOSECONDS.toMillis(now - lastNanos);
    lastNanos = now;
    return millis > MILLIS_MAX ? millis : 0;
  }
}
