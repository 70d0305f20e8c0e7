package dev.funes.chaos.check;

import java.util.Arrays;

/** A value for each offset from 0 on; {@link #NONE} where there is none. */
final class LongColumn {
  static final long NONE = -1;

  private long[] values = new long[64];
  private int end;

  LongColumn() {
    Arrays.fill(values, NONE);
  }

  /** One behind the last offset that has a value. */
  long end() {
    return end;
  }

  long at(long offset) {
    return offset >= 0 && offset < end ? values[(int) offset] : NONE;
  }

  void set(long offset, long value) {
    int index = Math.toIntExact(offset);
    if (index >= values.length) {
      int before = values.length;
      values = Arrays.copyOf(values, Math.max(index + 1, before + (before >> 1)));
      Arrays.fill(values, before, values.length, NONE);
    }
    values[index] = value;
    end = Math.max(end, index + 1);
  }
}
