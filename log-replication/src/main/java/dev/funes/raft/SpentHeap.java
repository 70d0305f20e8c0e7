package dev.funes.raft;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Notices that there is no heap left although no allocation has failed yet: the collector always
 * finds a little, and does nothing else. Such a node answers now and then, too late for everybody,
 * and would go on so for hours. Asked regularly, by one thread.
 */
final class SpentHeap {

  static final long WINDOW_MILLIS = 20_000;

  /** Of a heap that is large enough G1 makes none; one may be asked for by a person. */
  static final int FULL_COLLECTIONS_MIN = 10;

  /** Of the time, spent in collections. */
  static final double SHARE_MIN = 1.0 / 3;

  private static final Set<String> FULL =
      Set.of("G1 Old Generation", "MarkSweepCompact", "PS MarkSweep");

  /**
   * What a JVM tells of its collectors since it was started.
   *
   * @param fullCount collections of the whole heap
   * @param millis in all collections
   */
  record Collections(long fullCount, long millis) {
    static Collections ofThisProcess() {
      List<GarbageCollectorMXBean> beans = ManagementFactory.getGarbageCollectorMXBeans();
      return new Collections(
          beans.stream()
              .filter(bean -> FULL.contains(bean.getName()))
              .mapToLong(GarbageCollectorMXBean::getCollectionCount)
              .sum(),
          beans.stream().mapToLong(GarbageCollectorMXBean::getCollectionTime).sum());
    }
  }

  private final LongSupplier nanoTime;
  private long sinceNanos;
  private Collections before;

  SpentHeap(LongSupplier nanoTime, Collections now) {
    this.nanoTime = nanoTime;
    this.sinceNanos = nanoTime.getAsLong();
    this.before = now;
  }

  /** Whether in the last window, which has just ended, it was so. */
  boolean look(Collections now) {
    long nanos = nanoTime.getAsLong();
    long millis = TimeUnit.NANOSECONDS.toMillis(nanos - sinceNanos);
    if (millis < WINDOW_MILLIS) {
      return false;
    }
    boolean spent =
        now.fullCount - before.fullCount >= FULL_COLLECTIONS_MIN
            && now.millis - before.millis >= millis * SHARE_MIN;
    sinceNanos = nanos;
    before = now;
    return spent;
  }
}
