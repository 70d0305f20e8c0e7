package dev.funes.chaos.check;

import dev.funes.chaos.history.Op;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * Compares what was used in two windows of time. What grew by less than the slack is no growth: of
 * something small, one more is many percent.
 *
 * @param percent by how much each may grow
 * @param diskLevelsOff true when the disk need not grow, so that it counts
 */
record Growth(int percent, boolean diskLevelsOff, Verdict.Builder verdict) {
  private static final long HEAP_SLACK_BYTES = 16L << 20;
  private static final long DISK_SLACK_BYTES = 32L << 20;
  private static final long DESCRIPTORS_SLACK = 32;
  private static final long THREADS_SLACK = 16;

  void judge(String what, List<Op.Sample> before, List<Op.Sample> after, boolean isLong) {
    int slack = isLong ? 1 : 2; // what is short begins before all is warm
    int heapSlack = isLong ? 1 : 4;
    StringBuilder note = new StringBuilder(what).append(':');
    List<Op.Sample> atEnd = after.isEmpty() ? before : after;
    long nanos = atEnd.isEmpty() ? -1 : atEnd.getLast().invokedNanos();
    compare(
        note,
        nanos,
        new Amount("heap KiB", 10, heapSlack * HEAP_SLACK_BYTES),
        lowest(before, Op.Sample::heapBytes),
        lowest(after, Op.Sample::heapBytes));
    compare(
        note,
        nanos,
        new Amount("descriptors", 0, slack * DESCRIPTORS_SLACK),
        median(before, Op.Sample::descriptors),
        median(after, Op.Sample::descriptors));
    compare(
        note,
        nanos,
        new Amount("threads", 0, slack * THREADS_SLACK),
        median(before, Op.Sample::threads),
        median(after, Op.Sample::threads));
    if (isLong && diskLevelsOff) {
      compare(
          note,
          nanos,
          new Amount("disk MiB", 20, DISK_SLACK_BYTES),
          lowest(before, Op.Sample::diskBytes),
          lowest(after, Op.Sample::diskBytes));
    }
    verdict.note(note.toString());
  }

  /**
   * Something that is used.
   *
   * @param shift from bytes to what the name says
   */
  private record Amount(String name, int shift, long slack) {}

  private void compare(StringBuilder note, long nanos, Amount amount, long before, long after) {
    if (before < 0 || after < 0) {
      note.append(" %s not known,".formatted(amount.name));
      return;
    }
    long first = before >> amount.shift;
    long last = after >> amount.shift;
    note.append(" %s %d to %d,".formatted(amount.name, first, last));
    verdict.count("comparisons", 1);
    if (after > before + before * percent / 100 + amount.slack) {
      verdict.red(nanos, "%s %s went from %d to %d".formatted(note, amount.name, first, last));
    }
  }

  private static long lowest(List<Op.Sample> some, ToLongFunction<Op.Sample> value) {
    return some.stream().mapToLong(value).filter(each -> each >= 0).min().orElse(-1);
  }

  private static long median(List<Op.Sample> some, ToLongFunction<Op.Sample> value) {
    long[] values = some.stream().mapToLong(value).filter(each -> each >= 0).sorted().toArray();
    return values.length == 0 ? -1 : values[values.length / 2];
  }
}
