package dev.funes.chaos.history;

/**
 * The time of a run, the same for all its processes: nanoseconds since it began, by the monotonic
 * clock of this machine. So what ended before something else began is known for certain. Any thread
 * uses it.
 */
public final class RunClock {
  private final long originNanos = System.nanoTime();
  private final long originMillis = System.currentTimeMillis();

  private RunClock() {}

  /** A clock that begins now. */
  public static RunClock started() {
    return new RunClock();
  }

  /** Nanoseconds since the run began. */
  public long nanos() {
    return System.nanoTime() - originNanos;
  }

  /** When the run began, by the clock on the wall: milliseconds since 1970-01-01 UTC. */
  public long originMillis() {
    return originMillis;
  }
}
