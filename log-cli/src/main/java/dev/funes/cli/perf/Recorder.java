package dev.funes.cli.perf;

import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * What one worker has done since it was last drained.
 *
 * <p>A producer completes futures on its own thread, but on the sender's when it was quicker than
 * the sender could ask: hence the lock, which is nearly always free.
 */
final class Recorder {
  /** Finer than this is not told apart. */
  private static final long LOWEST_NANOS = 1_000;

  private static final long HIGHEST_NANOS = TimeUnit.HOURS.toNanos(1);
  private static final int DIGITS = 3;

  /**
   * What came together between two drains.
   *
   * @param latency in nanoseconds; valid until the next drain
   */
  record Drained(
      Histogram latency, long records, long bytes, long failed, @Nullable Throwable firstFailure) {
    // Written out: javac drops the @Nullable of the components from a compact constructor.
    Drained(
        Histogram latency,
        long records,
        long bytes,
        long failed,
        @Nullable Throwable firstFailure) {
      this.latency = latency;
      this.records = records;
      this.bytes = bytes;
      this.failed = failed;
      this.firstFailure = firstFailure;
    }
  }

  private final Arrivals arrivals;
  // Guarded by this, like all that follows but the spare one, which is the drainer's.
  private Histogram latency = histogram();
  private Histogram spare = histogram();
  private boolean started;
  private long lastNanos;
  private long records;
  private long bytes;
  private long failed;
  private @Nullable Throwable firstFailure;

  Recorder(Arrivals arrivals) {
    this.arrivals = arrivals;
  }

  /** An empty histogram of nanoseconds, up to an hour, to three digits. */
  static Histogram histogram() {
    return new Histogram(LOWEST_NANOS, HIGHEST_NANOS, DIGITS);
  }

  /** What to call when a record that waits since then has been acknowledged, or has failed. */
  BiConsumer<Object, @Nullable Throwable> acknowledgement(long sinceNanos, int recordBytes) {
    // An object for each record, as small as it can be: the client offers nothing else.
    return (position, failure) -> {
      if (failure == null) {
        arrived(sinceNanos, System.nanoTime(), recordBytes);
      } else {
        failed(failure, 1);
      }
    };
  }

  /** A record that was waiting since the first time is there at the second. */
  void arrived(long sinceNanos, long nowNanos, int recordBytes) {
    arrivals.at(nowNanos);
    synchronized (this) {
      latency.recordValue(Math.clamp(nowNanos - sinceNanos, 0, HIGHEST_NANOS));
      count(nowNanos, 1, recordBytes);
    }
  }

  /** Records are there that nobody knows the age of. */
  void arrived(long nowNanos, long recordCount, long recordBytes) {
    arrivals.at(nowNanos);
    synchronized (this) {
      count(nowNanos, recordCount, recordBytes);
    }
  }

  private void count(long nowNanos, long recordCount, long recordBytes) {
    if (!started) {
      started = true;
      arrivals.first(nowNanos);
    }
    lastNanos = nowNanos;
    records += recordCount;
    bytes += recordBytes;
  }

  /** Records were not written, or not received. */
  synchronized void failed(Throwable failure, long recordCount) {
    failed += recordCount;
    if (firstFailure == null) {
      firstFailure = failure;
    }
  }

  /** Takes what is there; one thread. */
  Drained drain() {
    spare.reset();
    synchronized (this) {
      Histogram filled = latency;
      latency = spare;
      spare = filled;
      if (records > 0) {
        arrivals.last(lastNanos);
      }
      Drained drained = new Drained(filled, records, bytes, failed, firstFailure);
      records = 0;
      bytes = 0;
      failed = 0;
      return drained;
    }
  }
}
