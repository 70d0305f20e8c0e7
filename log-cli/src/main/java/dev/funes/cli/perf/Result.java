package dev.funes.cli.perf;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * What a run has shown.
 *
 * @param bytes of keys and values
 * @param seconds from the end of the warm-up until the last record was acknowledged or received
 * @param notSent records that were due and that the clients did not come to send
 * @param latency nanoseconds; empty where none is measured
 * @param longestGapMillis the longest time in which nothing was acknowledged or received
 * @param firstRecordMillis from the start until the first record; negative when there was none
 * @param settings by name, with the values in effect
 */
record Result(
    String scenario,
    String topic,
    long records,
    long bytes,
    double seconds,
    long failed,
    long notSent,
    Histogram latency,
    List<Interval> intervals,
    double longestGapMillis,
    double firstRecordMillis,
    CpuMeter.Used cpu,
    Map<String, Object> settings,
    Instant started) {
  private static final double NANOS_PER_MILLI = 1e6;

  Result {
    intervals = List.copyOf(intervals);
    settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
  }

  static Result of(
      String scenario,
      String topic,
      Recording recording,
      CpuMeter.Used cpu,
      Map<String, Object> settings,
      Instant started) {
    return new Result(
        scenario,
        topic,
        recording.records(),
        recording.bytes(),
        recording.seconds(),
        recording.failed(),
        recording.notSent(),
        recording.latency(),
        recording.intervals(),
        recording.arrivals().longestGapNanos() / NANOS_PER_MILLI,
        recording.arrivals().untilFirstNanos() / NANOS_PER_MILLI,
        cpu,
        settings,
        started.truncatedTo(ChronoUnit.MILLIS));
  }

  double recordsPerSecond() {
    return seconds == 0 ? 0 : records / seconds;
  }

  double mibPerSecond() {
    return seconds == 0 ? 0 : bytes / seconds / (1 << 20);
  }

  boolean hasLatency() {
    return latency.getTotalCount() > 0;
  }
}
