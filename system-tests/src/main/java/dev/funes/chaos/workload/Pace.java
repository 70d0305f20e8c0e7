package dev.funes.chaos.workload;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Keeps one process at a rate. What it could not do while the cluster did not let it is not made up
 * for, but for a second's worth. One thread uses it.
 */
final class Pace {
  private static final long BEHIND_NANOS_MAX = TimeUnit.SECONDS.toNanos(1);
  private static final long WAIT_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(50);

  private final double nanosPerRecord;
  private long nextNanos = System.nanoTime();

  Pace(double recordsPerSecond) {
    nanosPerRecord = TimeUnit.SECONDS.toNanos(1) / Math.max(recordsPerSecond, 0.01);
  }

  /** Waits until so many records are due, or it is stopped. */
  void await(int records, BooleanSupplier stopped) {
    long now = System.nanoTime();
    nextNanos = Math.max(nextNanos, now - BEHIND_NANOS_MAX);
    nextNanos += (long) (records * nanosPerRecord);
    while (!stopped.getAsBoolean()) {
      long left = nextNanos - System.nanoTime();
      if (left <= 0) {
        return;
      }
      LockSupport.parkNanos(Math.min(left, WAIT_NANOS_MAX));
    }
  }
}
