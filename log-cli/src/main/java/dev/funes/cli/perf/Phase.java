package dev.funes.cli.perf;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;

/** One stretch of a run: the warm-up, or what is measured. Thread-safe. */
final class Phase {
  /** The duration of a phase that only its records end. */
  static final long ENDLESS_NANOS = Long.MAX_VALUE / 4;

  private final long id = ThreadLocalRandom.current().nextLong();
  private final Clock clock;
  private final long startNanos;
  private final long durationNanos;
  private final long recordsMax;
  private final Recording recording;
  private final List<Thread> threads = new CopyOnWriteArrayList<>();
  private volatile boolean stopped;

  /** Starts now, for so long and for so many records of all workers together. */
  Phase(Clock clock, long durationNanos, long recordsMax) {
    this.clock = clock;
    this.durationNanos = durationNanos;
    this.recordsMax = recordsMax;
    this.startNanos = clock.nanoTime();
    this.recording = new Recording(startNanos);
  }

  /** Tells the records of this phase from all others in a topic. */
  long id() {
    return id;
  }

  Clock clock() {
    return clock;
  }

  long startNanos() {
    return startNanos;
  }

  long durationNanos() {
    return durationNanos;
  }

  long recordsMax() {
    return recordsMax;
  }

  Recording recording() {
    return recording;
  }

  /** The share of one of several workers in the records; earlier ones take what is left over. */
  long recordsMax(int workers, int worker) {
    return recordsMax == Long.MAX_VALUE
        ? Long.MAX_VALUE
        : recordsMax / workers + (worker < recordsMax % workers ? 1 : 0);
  }

  /** True when this time lies behind the end. */
  boolean isOver(long nanos) {
    return nanos - startNanos >= durationNanos;
  }

  /** True when somebody wants the phase to end before its time. */
  boolean isStopped() {
    return stopped;
  }

  /** Lets this thread wait for the clock; {@link #stop} wakes it. */
  void enter(Thread thread) {
    threads.add(thread);
  }

  /** Ends the phase: no more records are begun. */
  void stop() {
    stopped = true;
    threads.forEach(LockSupport::unpark);
  }
}
