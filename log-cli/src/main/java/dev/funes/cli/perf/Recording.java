package dev.funes.cli.perf;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * What the workers of a phase have done. Workers take recorders from any thread; everything else is
 * for the thread of the command.
 */
final class Recording {
  private final Arrivals arrivals;
  private final List<Recorder> recorders = new CopyOnWriteArrayList<>();
  private final AtomicLong notSent = new AtomicLong();
  private final long startNanos;
  private final Histogram latency = Recorder.histogram();
  private final Histogram lastLatency = Recorder.histogram();
  private final List<Interval> intervals = new ArrayList<>();
  private long lastTickNanos;
  private long records;
  private long bytes;
  private long failed;
  private @Nullable Throwable firstFailure;

  Recording(long startNanos) {
    this.startNanos = startNanos;
    this.lastTickNanos = startNanos;
    this.arrivals = new Arrivals(startNanos);
  }

  /** A recorder for one worker. */
  Recorder recorder() {
    Recorder recorder = new Recorder(arrivals);
    recorders.add(recorder);
    return recorder;
  }

  /** Counts records that were due and that no worker came to send. */
  void notSent(long count) {
    notSent.addAndGet(count);
  }

  /** Takes what has come together since the last call. */
  Interval tick(long nowNanos) {
    lastLatency.reset();
    long recordsBefore = records;
    long bytesBefore = bytes;
    for (Recorder recorder : recorders) {
      Recorder.Drained drained = recorder.drain();
      lastLatency.add(drained.latency());
      records += drained.records();
      bytes += drained.bytes();
      failed += drained.failed();
      if (firstFailure == null) {
        firstFailure = drained.firstFailure();
      }
    }
    latency.add(lastLatency);
    Interval interval =
        new Interval(
            seconds(lastTickNanos - startNanos),
            seconds(nowNanos - startNanos),
            records - recordsBefore,
            bytes - bytesBefore,
            Percentiles.of(lastLatency));
    lastTickNanos = nowNanos;
    intervals.add(interval);
    return interval;
  }

  private static double seconds(long nanos) {
    return nanos / 1e9;
  }

  /** The latencies of the interval that the last tick ended; the next one overwrites it. */
  Histogram lastLatency() {
    return lastLatency;
  }

  /** Nanoseconds. */
  Histogram latency() {
    return latency;
  }

  List<Interval> intervals() {
    return intervals;
  }

  /** Acknowledged or received. */
  long records() {
    return records;
  }

  /** Of keys and values. */
  long bytes() {
    return bytes;
  }

  long failed() {
    return failed;
  }

  long notSent() {
    return notSent.get();
  }

  @Nullable Throwable firstFailure() {
    return firstFailure;
  }

  Arrivals arrivals() {
    return arrivals;
  }

  /** From the start until the last record. */
  double seconds() {
    return seconds(arrivals.lastNanos() - startNanos);
  }
}
