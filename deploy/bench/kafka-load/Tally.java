import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/** What was acknowledged or received in the measured part. Any thread may add. */
final class Tally {
  private final Histogram micros = new ConcurrentHistogram(TimeUnit.HOURS.toMicros(1), 3);
  private final AtomicLong records = new AtomicLong();
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();
  private final AtomicLong notSent = new AtomicLong();
  private final AtomicLong lastNanos = new AtomicLong();
  private final AtomicLong longestGapNanos = new AtomicLong();

  void start(long nowNanos) {
    lastNanos.set(nowNanos);
  }

  void add(int size, long dueNanos, long nowNanos) {
    read(size);
    micros.recordValue(Math.max(0, (nowNanos - dueNanos) / 1000));
    long gap = nowNanos - lastNanos.getAndSet(nowNanos);
    if (gap > longestGapNanos.get()) {
      longestGapNanos.accumulateAndGet(gap, Math::max);
    }
  }

  void fail(long count) {
    failed.addAndGet(count);
  }

  /** Something was read whose age nobody knows. */
  void read(int size) {
    records.incrementAndGet();
    bytes.addAndGet(size);
  }

  long records() {
    return records.get();
  }

  long bytes() {
    return bytes.get();
  }

  /** Records that were due and that the client did not come to send. */
  void missed(long count) {
    notSent.addAndGet(count);
  }

  Map<String, Object> throughput(String scenario, String topic, double seconds) {
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("scenario", scenario);
    result.put("topic", topic);
    result.put("records", records.get());
    result.put("bytes", bytes.get());
    result.put("seconds", Meter.rounded(seconds));
    result.put("records_per_s", Meter.rounded(records.get() / seconds));
    result.put("mib_per_s", Meter.rounded(bytes.get() / seconds / (1 << 20)));
    result.put("failed", failed.get());
    result.put("not_sent", notSent.get());
    return result;
  }

  Map<String, Object> latency() {
    Map<String, Object> latency = new LinkedHashMap<>();
    latency.put("mean", Meter.rounded(micros.getMean() / 1000));
    latency.put("p50", percentile(50));
    latency.put("p90", percentile(90));
    latency.put("p95", percentile(95));
    latency.put("p99", percentile(99));
    latency.put("p99_9", percentile(99.9));
    latency.put("p99_99", percentile(99.99));
    latency.put("max", Meter.rounded(micros.getMaxValue() / 1000.0));
    return latency;
  }

  private double percentile(double percentile) {
    return Meter.rounded(micros.getValueAtPercentile(percentile) / 1000.0);
  }

  double longestGapMillis() {
    return Meter.rounded(longestGapNanos.get() / 1e6);
  }

  double secondsSince(long startNanos) {
    return (lastNanos.get() - startNanos) / 1e9;
  }
}
