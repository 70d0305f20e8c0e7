package dev.funes.cli.perf;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Tells one client when to send and from what time on its records wait. With a schedule that is the
 * time a record was due, however late the client comes to send it; without one, it is now.
 *
 * <p>One thread.
 */
final class Pacer {
  /** How long after the end records are still sent that were due before it. */
  static final long LATE_NANOS_MAX = TimeUnit.SECONDS.toNanos(1);

  private final Phase phase;
  private final @Nullable Schedule schedule;
  private final long recordsMax;
  private long handedOut;
  private long dueNanos;

  Pacer(Phase phase, @Nullable Schedule schedule, long recordsMax) {
    this.phase = phase;
    this.schedule = schedule;
    this.recordsMax = recordsMax;
  }

  /** Waits until a record is due; false when there are no more in this phase. */
  boolean next() {
    if (handedOut == recordsMax || phase.isStopped()) {
      return false;
    }
    if (schedule == null) {
      dueNanos = phase.clock().nanoTime();
      if (phase.isOver(dueNanos)) {
        return false;
      }
    } else if (!awaitNext(schedule)) {
      return false;
    }
    handedOut++;
    return true;
  }

  private boolean awaitNext(Schedule due) {
    dueNanos = phase.startNanos() + due.dueNanos(handedOut);
    if (phase.isOver(dueNanos)) {
      return false;
    }
    long now = phase.clock().nanoTime();
    while (now - dueNanos < 0) {
      if (phase.isStopped()) {
        return false;
      }
      phase.clock().waitUntil(dueNanos);
      now = phase.clock().nanoTime();
    }
    return !phase.isOver(now - LATE_NANOS_MAX);
  }

  /** From when on the record waits that was handed out last, on the phase's clock. */
  long dueNanos() {
    return dueNanos;
  }

  /** How many records were due in the phase and were not handed out, because the client lagged. */
  long missed() {
    if (schedule == null || phase.isStopped() || phase.durationNanos() == Phase.ENDLESS_NANOS) {
      return 0;
    }
    return Math.min(recordsMax, schedule.dueBefore(phase.durationNanos())) - handedOut;
  }
}
