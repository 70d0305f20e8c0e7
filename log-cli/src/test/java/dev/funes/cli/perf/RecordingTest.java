package dev.funes.cli.perf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class RecordingTest {
  private static final long MILLI = 1_000_000;
  private static final long START = -5 * MILLI;

  private final Recording recording = new Recording(START);

  @Test
  void putsTogetherWhatTheWorkersHaveSeen() {
    Recorder one = recording.recorder();
    Recorder two = recording.recorder();
    for (int i = 1; i <= 100; i++) {
      one.arrived(START, START + i * MILLI, 10);
    }
    two.arrived(START + MILLI, START + 201 * MILLI, 5);

    Interval interval = recording.tick(START + 500 * MILLI);

    assertThat(recording.records()).isEqualTo(101);
    assertThat(recording.bytes()).isEqualTo(1_005);
    assertThat(recording.seconds()).isEqualTo(0.201);
    assertThat(interval.recordsPerSecond()).isCloseTo(202, within(1e-6));
    assertThat(interval.bytesPerSecond()).isCloseTo(2_010, within(1e-6));
    Percentiles latency = Percentiles.of(recording.latency());
    assertThat(latency.p50()).isCloseTo(51, within(0.1));
    assertThat(latency.p99()).isCloseTo(100, within(0.1));
    assertThat(latency.max()).isCloseTo(200, within(0.2));
    assertThat(recording.arrivals().longestGapNanos()).isEqualTo(101 * MILLI);
    assertThat(recording.arrivals().untilFirstNanos()).isEqualTo(MILLI);
  }

  @Test
  void anIntervalHasOnlyItsOwn() {
    Recorder recorder = recording.recorder();
    recorder.arrived(START, START + 80 * MILLI, 1);
    recording.tick(START + 100 * MILLI);
    recorder.arrived(START, START + 3 * MILLI, 1);
    recorder.arrived(START, START + 3 * MILLI, 1);

    Interval second = recording.tick(START + 200 * MILLI);

    assertThat(second.records()).isEqualTo(2);
    assertThat(second.fromSeconds()).isEqualTo(0.1);
    assertThat(second.latency().max()).isLessThan(4);
    assertThat(recording.latency().getTotalCount()).isEqualTo(3);
    assertThat(recording.intervals()).hasSize(2);
    assertThat(recording.tick(START + 300 * MILLI).latency().max()).isZero();
  }

  @Test
  void keepsTheFirstFailureAndCountsAll() {
    Recorder recorder = recording.recorder();
    recorder.acknowledgement(START, 1).accept("anything", null);
    recorder.acknowledgement(START, 1).accept("none", new IllegalStateException("first"));
    recorder.failed(new IllegalStateException("second"), 3);
    recording.tick(START + MILLI);
    recorder.failed(new IllegalStateException("third"), 1);
    recording.tick(START + 2 * MILLI);

    assertThat(recording.records()).isEqualTo(1);
    assertThat(recording.failed()).isEqualTo(5);
    assertThat(recording.firstFailure()).hasMessage("first");
  }

  @Test
  void aLatencyBeyondTheScaleCountsAsItsEnd() {
    Recorder recorder = recording.recorder();
    recorder.arrived(START, START + TimeUnit.HOURS.toNanos(2), 1);
    recorder.arrived(START, START - MILLI, 1);
    recording.tick(START + MILLI);

    assertThat(recording.latency().getTotalCount()).isEqualTo(2);
    assertThat(recording.latency().getMinValue()).isZero();
    assertThat(Percentiles.of(recording.latency()).max())
        .isCloseTo((double) TimeUnit.HOURS.toMillis(1), within(4_000.0));
  }

  @Test
  void nothingMeasuredIsNothing() {
    recording.tick(START + MILLI);

    assertThat(recording.seconds()).isZero();
    assertThat(recording.arrivals().untilFirstNanos()).isNegative();
    assertThat(Percentiles.of(recording.latency()))
        .isEqualTo(new Percentiles(0, 0, 0, 0, 0, 0, 0, 0));
  }

  @Test
  void losesNothingWhileItIsEmptied() throws InterruptedException {
    int records = 200_000;
    Recorder recorder = recording.recorder();
    AtomicBoolean done = new AtomicBoolean();
    Thread writer =
        Thread.ofPlatform()
            .start(
                () -> {
                  for (int i = 0; i < records; i++) {
                    recorder.arrived(START, START + i, 1);
                  }
                  done.set(true);
                });
    while (!done.get()) {
      recording.tick(START + MILLI);
    }
    writer.join();
    recording.tick(START + MILLI);

    assertThat(recording.records()).isEqualTo(records);
    assertThat(recording.latency().getTotalCount()).isEqualTo(records);
  }
}
