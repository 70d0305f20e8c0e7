package dev.funes.replication;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class GatherPaceTest {

  private long now;
  private double load;
  private int looks;
  private final GatherPace pace =
      new GatherPace(
          () -> {
            looks++;
            return load;
          },
          () -> now);

  @Test
  void thereIsNoGapWhileAProcessorIsFree() {
    load = GatherPace.BUSY;
    assertThat(after(100)).isZero();
  }

  @Test
  void theGapGrowsWhileAllAreBusyAndGoesWhenOneIsFree() {
    load = 1;
    assertThat(after(1)).isEqualTo(GatherPace.STEP_NANOS);
    assertThat(after(100)).isEqualTo(GatherPace.GAP_NANOS_MAX);
    load = (GatherPace.BUSY + GatherPace.FREE) / 2;
    assertThat(after(100)).isEqualTo(GatherPace.GAP_NANOS_MAX);
    load = GatherPace.FREE - 0.01;
    assertThat(after(1)).isEqualTo(GatherPace.GAP_NANOS_MAX - GatherPace.STEP_NANOS);
    assertThat(after(100)).isZero();
  }

  @Test
  void aLoadThatIsNotKnownChangesNothing() {
    load = Double.NaN;
    assertThat(after(3)).isZero();
    load = 1;
    assertThat(after(3)).isEqualTo(3 * GatherPace.STEP_NANOS);
    load = Double.NaN;
    assertThat(after(3)).isEqualTo(3 * GatherPace.STEP_NANOS);
  }

  @Test
  void itIsLookedAtFourTimesASecondAtMost() {
    for (int i = 0; i < 1_000; i++) {
      now += GatherPace.LOOK_NANOS / 100;
      pace.gapNanos();
    }
    assertThat(looks).isEqualTo(10);
  }

  private long after(int looksMore) {
    long gap = 0;
    for (int i = 0; i < looksMore; i++) {
      now += GatherPace.LOOK_NANOS;
      gap = pace.gapNanos();
    }
    return gap;
  }
}
