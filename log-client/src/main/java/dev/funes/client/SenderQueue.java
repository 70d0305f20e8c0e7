package dev.funes.client;

import java.util.ArrayDeque;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/** The partitions that the sender has to look at, now or at some time. Not thread-safe. */
final class SenderQueue {
  private record Timer(long dueNanos, PartitionSender partition) {}

  private final ArrayDeque<PartitionSender> now = new ArrayDeque<>();
  private final PriorityQueue<Timer> later =
      new PriorityQueue<>((a, b) -> Long.signum(a.dueNanos - b.dueNanos)); // Nanoseconds may wrap.

  /** Soon; once, however often this is called until then. */
  void add(PartitionSender partition) {
    if (!partition.queued) {
      partition.queued = true;
      now.add(partition);
    }
  }

  /** At a time, or before it. */
  void addLater(PartitionSender partition, long dueNanos) {
    if (!partition.timed || dueNanos - partition.timerNanos < 0) {
      partition.timed = true;
      partition.timerNanos = dueNanos;
      later.add(new Timer(dueNanos, partition));
    }
  }

  /** The next one to look at; null when there is none yet. */
  @Nullable PartitionSender poll(long nowNanos) {
    PartitionSender next = now.poll();
    if (next != null) {
      next.queued = false;
      return next;
    }
    while (!later.isEmpty() && later.element().dueNanos - nowNanos <= 0) {
      Timer timer = later.remove();
      PartitionSender partition = timer.partition;
      if (partition.timed && partition.timerNanos == timer.dueNanos) {
        partition.timed = false;
        return partition;
      } // Else it was looked at before, at an earlier time that was set later.
    }
    return null;
  }

  /** How long {@link #poll} will find nothing; {@code Long.MAX_VALUE} when nothing is to come. */
  long nanosUntilNext(long nowNanos) {
    if (!now.isEmpty()) {
      return 0;
    }
    return later.isEmpty() ? Long.MAX_VALUE : Math.max(0, later.element().dueNanos - nowNanos);
  }
}
