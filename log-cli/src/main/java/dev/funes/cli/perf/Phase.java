package dev.funes.cli.perf;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** One stretch of a run: the warm-up, or what is measured. Thread-safe. */
final class Phase {
  /** The duration of a phase that only its records end. */
  static final long ENDLESS_NANOS = Long.MAX_VALUE / 4;

  private final long id = ThreadLocalRandom.current().nextLong();
  private final boolean isWarmUp;
  private final Clock clock;
  private final long startNanos;
  private final long durationNanos;
  private final long recordsMax;
  private final AtomicLong claimed = new AtomicLong();
  private final Recording recording;
  private final List<Thread> threads = new CopyOnWriteArrayList<>();
  private volatile boolean stopped;

  private Phase(Clock clock, boolean isWarmUp, long durationNanos, long recordsMax) {
    this.clock = clock;
    this.isWarmUp = isWarmUp;
    this.durationNanos = durationNanos;
    this.recordsMax = recordsMax;
    this.startNanos = clock.nanoTime();
    this.recording = new Recording(startNanos);
  }

  /** Starts now, for so long. */
  static Phase warmUp(Clock clock, long durationNanos) {
    return new Phase(clock, true, durationNanos, Long.MAX_VALUE);
  }

  /** Starts now, for so long and for so many records of all workers together. */
  static Phase measured(Clock clock, long durationNanos, long recordsMax) {
    return new Phase(clock, false, durationNanos, recordsMax);
  }

  /** True when what is done only prepares for what is measured. */
  boolean isWarmUp() {
    return isWarmUp;
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

  Recording recording() {
    return recording;
  }

  /** The share of one of several workers in the records; earlier ones take what is left over. */
  long recordsMax(int workers, int worker) {
    return recordsMax == Long.MAX_VALUE
        ? Long.MAX_VALUE
        : recordsMax / workers + (worker < recordsMax % workers ? 1 : 0);
  }

  /** How many of so many more records belong to the phase; the rest lie past its last one. */
  int claim(int records) {
    if (recordsMax == Long.MAX_VALUE) {
      return records;
    }
    long before = claimed.getAndAdd(records);
    return Math.clamp(recordsMax - before, 0, records);
  }

  /** True when all records of the phase are claimed. */
  boolean isComplete() {
    return claimed.get() >= recordsMax;
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
