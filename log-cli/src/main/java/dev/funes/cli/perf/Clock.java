package dev.funes.cli.perf;

import java.util.concurrent.locks.LockSupport;

/** The time, and how to wait for it. Thread-safe. */
interface Clock {
  /** Nanoseconds from any fixed point, as {@link System#nanoTime} gives them. */
  long nanoTime();

  /** Waits until this time, or less: whoever needs to be sure asks again. */
  void waitUntil(long nanos);

  /** The clock of this machine. */
  static Clock system() {
    return new Clock() {
      @Override
      public long nanoTime() {
        return System.nanoTime();
      }

      @Override
      public void waitUntil(long nanos) {
        // Not spun: the nodes may need the core.
        LockSupport.parkNanos(this, nanos - System.nanoTime());
      }
    };
  }
}
