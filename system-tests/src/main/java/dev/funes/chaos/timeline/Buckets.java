package dev.funes.chaos.timeline;

import dev.funes.chaos.history.History;
import dev.funes.chaos.history.Op;
import dev.funes.chaos.history.Outcome;
import java.util.ArrayList;
import java.util.List;

/** A run in slices of equal length: what was done in each. */
final class Buckets {
  private static final int COUNT_MAX = 600;
  private static final long NANOS_MIN = 200_000_000;

  final long nanos; // of one slice
  final long endNanos;
  private final double[] written;
  private final double[] read;
  private final double[] unknown;
  private final List<List<Long>> latencies = new ArrayList<>();

  private Buckets(long endNanos) {
    this.nanos = Math.max(NANOS_MIN, Math.ceilDiv(endNanos, (long) COUNT_MAX));
    this.endNanos = endNanos;
    int count = (int) (endNanos / nanos) + 1;
    written = new double[count];
    read = new double[count];
    unknown = new double[count];
    for (int i = 0; i < count; i++) {
      latencies.add(new ArrayList<>());
    }
  }

  static Buckets of(History history) {
    long end = 1;
    for (Op op : history.ops()) {
      end = Math.max(end, op.endedNanos() == Op.NEVER ? op.invokedNanos() : op.endedNanos());
    }
    Buckets buckets = new Buckets(end);
    history.ops().forEach(buckets::add);
    return buckets;
  }

  private void add(Op op) {
    switch (op) {
      case Op.Write write when write.outcome() == Outcome.OK -> {
        int slice = slice(write.endedNanos());
        written[slice] += write.count();
        latencies.get(slice).add(write.endedNanos() - write.invokedNanos());
      }
      case Op.Write write -> unknown[slice(write.invokedNanos())] += write.count();
      case Op.Read each when each.reader() == Op.Reader.GROUP ->
          read[slice(each.endedNanos())] += each.nextOffset() - each.fromOffset();
      default -> {}
    }
  }

  private int slice(long atNanos) {
    return (int) Math.clamp(atNanos / nanos, 0L, written.length - 1L);
  }

  int count() {
    return written.length;
  }

  double seconds() {
    return nanos / 1e9;
  }

  /** Records a second. */
  double[] writtenPerSecond() {
    return perSecond(written);
  }

  double[] readPerSecond() {
    return perSecond(read);
  }

  double[] unknownPerSecond() {
    return perSecond(unknown);
  }

  private double[] perSecond(double[] counts) {
    double[] rates = new double[counts.length];
    for (int i = 0; i < counts.length; i++) {
      rates[i] = counts[i] / seconds();
    }
    return rates;
  }

  /** Milliseconds; 0 where nothing was acknowledged. */
  double[] latencyMillis(double quantile) {
    double[] values = new double[latencies.size()];
    for (int i = 0; i < values.length; i++) {
      List<Long> all = latencies.get(i);
      all.sort(null);
      values[i] = all.isEmpty() ? 0 : all.get((int) (quantile * (all.size() - 1))) / 1e6;
    }
    return values;
  }
}
