package dev.funes.replication;

import java.io.InterruptedIOException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Spreads bytes evenly over time, for all threads together. */
final class Throttle {

  /** What may go at once after a time without anything. */
  private static final long BURST_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private final long bytesPerSecond;
  private final LongSupplier nanos;
  private long freeAtNanos; // when what was let through so far is paid for; guarded by this

  Throttle(long bytesPerSecond, LongSupplier nanos) {
    this.bytesPerSecond = bytesPerSecond;
    this.nanos = nanos;
    this.freeAtNanos = nanos.getAsLong();
  }

  /** Waits until these bytes may go. */
  void take(int bytes) throws InterruptedIOException {
    long wait = reserve(bytes);
    try {
      if (wait > 0) {
        TimeUnit.NANOSECONDS.sleep(wait);
      } else if (Thread.interrupted()) {
        throw new InterruptedException();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      InterruptedIOException interrupted = new InterruptedIOException("interrupted");
      interrupted.initCause(e);
      throw interrupted;
    }
  }

  /** How long to wait, in nanoseconds; 0 or less: not at all. */
  synchronized long reserve(int bytes) {
    long now = nanos.getAsLong();
    freeAtNanos =
        Math.max(freeAtNanos, now - BURST_NANOS)
            + (long) (bytes * (double) TimeUnit.SECONDS.toNanos(1) / bytesPerSecond);
    return freeAtNanos - now;
  }
}
