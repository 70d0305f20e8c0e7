package dev.funes.log;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * When each unit of a segment, the span from one entry of its {@link OffsetIndex} to the next, was
 * written or last checked. What was so a moment ago lies in the page cache as it was then, and is
 * served without another look; what was not may have come from a disk that has changed it.
 *
 * <p>The appending thread calls {@link #written}, any thread the rest. A mark may get lost when two
 * set marks at once; then a unit is checked once more.
 */
final class CheckMarks {
  private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  /** More ticks than any age that counts, so that 0 is too long ago from the very start. */
  private static final int FIRST_TICK = 1 << 24;

  /** The longest time that a mark may be good for: FIRST_TICK in milliseconds. */
  static final long AGE_MILLIS_MAX = 100L * FIRST_TICK;

  private static final long STARTED_NANOS = System.nanoTime();
  private static final int[] NOTHING = {};

  private volatile int[] ticks = NOTHING;
  private int writtenUnit; // Appending thread only.

  /**
   * @param begunUnit the unit that appends go on with; it counts as old
   */
  CheckMarks(int begunUnit) {
    this.writtenUnit = begunUnit;
  }

  /** Now, in ticks. */
  static int now() {
    return FIRST_TICK + (int) ((System.nanoTime() - STARTED_NANOS) / TICK_NANOS);
  }

  /** A batch was written to this unit. The age of a unit is that of its first batch. */
  void written(int unit) {
    if (unit != writtenUnit) {
      writtenUnit = unit;
      checked(unit, now());
    }
  }

  /** A unit was found whole. */
  void checked(int unit, int tick) {
    int[] current = ticks;
    if (unit >= current.length) {
      current = Arrays.copyOf(current, Math.max(unit + 1, current.length * 2));
      current[unit] = tick;
      ticks = current;
    } else {
      current[unit] = tick;
    }
  }

  /** The first unit from {@code first} to {@code last} without a young mark; else one beyond. */
  int firstOld(int first, int last, int now, long ageMillis) {
    int[] current = ticks;
    long oldest = now - TimeUnit.MILLISECONDS.toNanos(ageMillis) / TICK_NANOS;
    int unit = first;
    int known = Math.min(last, current.length - 1);
    while (unit <= known && current[unit] > oldest) {
      unit++;
    }
    return unit;
  }

  /** Nothing is known any more. */
  void clear() {
    ticks = NOTHING;
  }
}
