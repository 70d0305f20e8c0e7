package dev.funes.cli.perf;

/** A clock that stands still unless it is waited for or told to go on. One thread. */
final class FakeClock implements Clock {
  private final long oversleepNanos;
  private long nowNanos;

  /** Every wait lasts so much longer than it was meant to. */
  FakeClock(long nowNanos, long oversleepNanos) {
    this.nowNanos = nowNanos;
    this.oversleepNanos = oversleepNanos;
  }

  void advance(long nanos) {
    nowNanos += nanos;
  }

  @Override
  public long nanoTime() {
    return nowNanos;
  }

  @Override
  public void waitUntil(long nanos) {
    if (nanos - nowNanos > 0) {
      nowNanos = nanos + oversleepNanos;
    }
  }
}
