package dev.funes.cli.perf;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** What senders and receivers of one phase know of each other. Thread-safe. */
final class Exchange {
  /** How long receivers wait for an acknowledged record after the last one that came. */
  static final long MISSING_NANOS_MAX = TimeUnit.SECONDS.toNanos(10);

  private static final long CHECK_MILLIS = 100;

  private final AtomicInteger senders;
  private final AtomicLong acknowledged = new AtomicLong();
  private final AtomicLong received = new AtomicLong();
  private final AtomicLong lastNanos;
  private final Semaphore turns = new Semaphore(0);

  Exchange(int senders, long nowNanos) {
    this.senders = new AtomicInteger(senders);
    this.lastNanos = new AtomicLong(nowNanos);
  }

  /** A record was acknowledged, or the failure is there. */
  void sent(@Nullable Throwable failure) {
    if (failure == null) {
      acknowledged.incrementAndGet();
    } else {
      turns.release();
    }
  }

  /** A sender has finished: what it sent is acknowledged or has failed. */
  void senderDone(long nowNanos) {
    lastNanos.set(nowNanos);
    senders.decrementAndGet();
  }

  /** So many records were received. */
  void received(int count, long nowNanos) {
    if (count > 0) {
      received.addAndGet(count);
      lastNanos.set(nowNanos);
      turns.release(count);
    }
  }

  /** Waits until one more record was received or has failed, or the phase was stopped. */
  void awaitTurn(Phase phase) {
    try {
      while (!turns.tryAcquire(CHECK_MILLIS, TimeUnit.MILLISECONDS)) {
        if (phase.isStopped()) {
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      phase.stop();
    }
  }

  /** True when no more is expected, or nothing has come for too long. */
  boolean isOver(long nowNanos) {
    return senders.get() == 0 && (missing() == 0 || nowNanos - lastNanos.get() > MISSING_NANOS_MAX);
  }

  /** Acknowledged and not received. A record whose send failed may be received all the same. */
  long missing() {
    return Math.max(0, acknowledged.get() - received.get());
  }
}
