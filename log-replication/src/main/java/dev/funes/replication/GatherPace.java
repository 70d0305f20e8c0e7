package dev.funes.replication;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/**
 * How long after one small entry the next is to be sent. Nothing, as long as there is a processor
 * to spare. When there is none, every raft group would send the next entry as soon as one is
 * answered, and so keep the processors busy with many small entries, however little there is to
 * write; everybody then waits for a processor. Then the gap grows until some time is left over, and
 * entries become fewer and larger. Any thread.
 */
final class GatherPace {

  static final long GAP_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(20);
  static final long STEP_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
  static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  /** Of all processors. Between the two the gap stays what it is. */
  static final double BUSY = 0.95;

  static final double FREE = 0.88;

  private static final GatherPace OF_THIS_MACHINE =
      new GatherPace(
          ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class)::getCpuLoad,
          System::nanoTime);

  private final DoubleSupplier load;
  private final LongSupplier nanoTime;
  private final AtomicLong lookedAtNanos;
  private volatile long gapNanos;

  /**
   * @param load of all processors since it was last asked for, 0 to 1. Not known: NaN leaves the
   *     gap as it is, and what is negative lets it shrink
   */
  GatherPace(DoubleSupplier load, LongSupplier nanoTime) {
    this.load = load;
    this.nanoTime = nanoTime;
    this.lookedAtNanos = new AtomicLong(nanoTime.getAsLong());
  }

  /** One for the process: its raft groups share the processors. */
  static GatherPace ofThisMachine() {
    return OF_THIS_MACHINE;
  }

  long gapNanos() {
    long now = nanoTime.getAsLong();
    long looked = lookedAtNanos.get();
    if (now - looked >= LOOK_NANOS && lookedAtNanos.compareAndSet(looked, now)) {
      double busy = load.getAsDouble();
      if (busy > BUSY) {
        gapNanos = Math.min(gapNanos + STEP_NANOS, GAP_NANOS_MAX);
      } else if (busy < FREE) {
        gapNanos = Math.max(gapNanos - STEP_NANOS, 0);
      }
    }
    return gapNanos;
  }
}
