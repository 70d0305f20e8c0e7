package dev.funes.cli.perf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PacerTest {
  private static final long MILLI = 1_000_000;
  private static final long SECOND = 1_000 * MILLI;

  // Close to the end of a long, where System.nanoTime may be.
  private static final long START = Long.MAX_VALUE - 300 * MILLI;

  private final FakeClock clock = new FakeClock(START, 0);

  private static Phase phase(Clock clock, long durationNanos) {
    return Phase.measured(clock, durationNanos, Long.MAX_VALUE);
  }

  /** Hands out all records, each of which costs so long to send; when they were due. */
  private List<Long> run(Pacer pacer, long costNanos) {
    List<Long> due = new ArrayList<>();
    while (pacer.next()) {
      due.add(pacer.dueNanos() - START);
      clock.advance(costNanos);
    }
    return due;
  }

  private static Pacer pacer(Phase phase, @Nullable Schedule schedule) {
    return new Pacer(phase, schedule, Long.MAX_VALUE);
  }

  @Test
  void recordsAreDueInEvenSteps() {
    Pacer pacer = pacer(phase(clock, 10 * MILLI), new Schedule(1_000, 1, 0));

    assertThat(run(pacer, 0)).containsExactlyElementsOf(millis(0, 10));
    assertThat(pacer.missed()).isZero();
  }

  private static List<Long> millis(int from, int to) {
    return LongStream.range(from, to).mapToObj(i -> i * MILLI).toList();
  }

  @Test
  void aClientThatLagsIsToldWhenRecordsWereDueAndNotWhenItCame() {
    Pacer pacer = pacer(phase(clock, 100 * MILLI), new Schedule(1_000, 1, 0));

    List<Long> due = run(pacer, 3 * MILLI);

    assertThat(due).containsExactlyElementsOf(millis(0, 100));
    assertThat(clock.nanoTime() - START).isEqualTo(300 * MILLI);
  }

  @Test
  void oneLongPauseIsMadeUpForAtOnce() {
    Pacer pacer = pacer(phase(clock, 20 * MILLI), new Schedule(1_000, 1, 0));
    List<Long> sentAt = new ArrayList<>();
    while (pacer.next()) {
      sentAt.add(clock.nanoTime() - START);
      if (sentAt.size() == 5) {
        clock.advance(8 * MILLI);
      }
    }

    assertThat(sentAt).hasSize(20);
    assertThat(sentAt.subList(5, 13)).containsOnly(12 * MILLI);
    assertThat(sentAt.getLast()).isEqualTo(19 * MILLI);
  }

  @Test
  void whatIsFarTooLateIsCountedAndNotSent() {
    Phase phase = phase(clock, SECOND);
    Pacer pacer = pacer(phase, new Schedule(1_000, 1, 0));

    List<Long> due = run(pacer, 10 * MILLI);

    assertThat(clock.nanoTime() - START)
        .isBetween(SECOND + Pacer.LATE_NANOS_MAX, SECOND + Pacer.LATE_NANOS_MAX + 20 * MILLI);
    assertThat(due).containsExactlyElementsOf(millis(0, due.size()));
    assertThat(pacer.missed()).isEqualTo(1_000 - due.size()).isPositive();
  }

  @Test
  void theLastRecordIsSentAlthoughTheWaitForItEndsTooLate() {
    FakeClock sleepy = new FakeClock(START, 2 * MILLI);
    Pacer pacer = pacer(phase(sleepy, 10 * MILLI), new Schedule(1_000, 1, 0));
    int count = 0;
    while (pacer.next()) {
      count++;
    }

    assertThat(count).isEqualTo(10);
    assertThat(pacer.missed()).isZero();
  }

  @Test
  void withoutARateARecordIsDueWhenItIsAskedFor() {
    Pacer pacer = pacer(phase(clock, 10 * MILLI), null);

    assertThat(run(pacer, 3 * MILLI)).containsExactly(0L, 3 * MILLI, 6 * MILLI, 9 * MILLI);
    assertThat(pacer.missed()).isZero();
  }

  @Test
  void endsWithTheLastRecordOrWhenItIsStopped() {
    Phase phase = phase(clock, Phase.ENDLESS_NANOS);
    Pacer pacer = new Pacer(phase, new Schedule(1_000, 1, 0), 5);

    assertThat(run(pacer, 0)).hasSize(5);
    assertThat(pacer.missed()).isZero();

    Pacer stopped = pacer(phase, null);
    assertThat(stopped.next()).isTrue();
    phase.stop();
    assertThat(stopped.next()).isFalse();
  }

  @Test
  void clientsTakeTurns() {
    Schedule first = new Schedule(1_000, 3, 0);
    Schedule second = new Schedule(1_000, 3, 1);
    Schedule third = new Schedule(1_000, 3, 2);

    assertThat(
            List.of(
                first.dueNanos(0),
                second.dueNanos(0),
                third.dueNanos(0),
                first.dueNanos(1),
                second.dueNanos(1)))
        .containsExactlyElementsOf(millis(0, 5));
  }

  @Test
  void knowsHowManyRecordsAreDueBeforeATime() {
    long seed = Long.getLong("funes.seed", System.nanoTime());
    Random random = new Random(seed);
    for (int i = 0; i < 2_000; i++) {
      int clients = 1 + random.nextInt(8);
      Schedule schedule =
          new Schedule(1 + random.nextInt(200_000), clients, random.nextInt(clients));
      long nanos = random.nextLong(Duration.ofMinutes(10).toNanos());

      long count = schedule.dueBefore(nanos);

      assertThat(schedule.dueNanos(count))
          .as("seed %d: %s", seed, schedule)
          .isGreaterThanOrEqualTo(nanos);
      if (count > 0) {
        assertThat(schedule.dueNanos(count - 1))
            .as("seed %d: %s", seed, schedule)
            .isLessThan(nanos);
      }
    }
    assertThatThrownBy(() -> new Schedule(0, 1, 0)).hasMessageContaining("above 0");
  }

  @Test
  void workersShareTheRecordsOfAPhase() {
    Phase phase = Phase.measured(clock, Phase.ENDLESS_NANOS, 10);

    assertThat(List.of(phase.recordsMax(3, 0), phase.recordsMax(3, 1), phase.recordsMax(3, 2)))
        .containsExactly(4L, 3L, 3L);
    assertThat(phase.claim(7)).isEqualTo(7);
    assertThat(phase.isComplete()).isFalse();
    assertThat(phase.claim(7)).isEqualTo(3);
    assertThat(phase.isComplete()).isTrue();
    assertThat(phase.claim(7)).isZero();
  }
}
