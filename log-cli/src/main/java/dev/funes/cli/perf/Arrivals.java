package dev.funes.cli.perf;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * When records were acknowledged or received, of all workers together: the first, the last, and the
 * longest time between two. Thread-safe.
 */
final class Arrivals {
  /**
   * The workers write what they share no more often than this, and a gap is known to within it. The
   * last arrival is exact: each worker keeps its own.
   */
  private static final long GRAIN_NANOS = TimeUnit.MICROSECONDS.toNanos(100);

  private static final long NONE = Long.MIN_VALUE;

  private final long startNanos;
  private final AtomicLong previousNanos;
  private final AtomicLong longestGapNanos = new AtomicLong();
  private final AtomicLong firstNanos = new AtomicLong(NONE);
  private final AtomicLong lastNanos;

  Arrivals(long startNanos) {
    this.startNanos = startNanos;
    this.previousNanos = new AtomicLong(startNanos);
    this.lastNanos = new AtomicLong(startNanos);
  }

  /** Something has arrived; called for every record. */
  void at(long nanos) {
    long previous = previousNanos.getOpaque();
    if (nanos - previous > GRAIN_NANOS && previousNanos.compareAndSet(previous, nanos)) {
      longestGapNanos.accumulateAndGet(nanos - previous, Math::max);
    }
  }

  /** A worker's first arrival. */
  void first(long nanos) {
    firstNanos.accumulateAndGet(
        nanos, (before, now) -> before == NONE || now - before < 0 ? now : before);
  }

  /** A worker's last arrival so far. */
  void last(long nanos) {
    lastNanos.accumulateAndGet(nanos, (before, now) -> now - before > 0 ? now : before);
  }

  /** Of all workers, as of when they were last drained; the start when nothing has arrived. */
  long lastNanos() {
    return lastNanos.get();
  }

  /** From the start until the first arrival; negative when there was none. */
  long untilFirstNanos() {
    long first = firstNanos.get();
    return first == NONE ? -1 : first - startNanos;
  }

  /** Between two arrivals, or the start and the first one. */
  long longestGapNanos() {
    return longestGapNanos.get();
  }
}
