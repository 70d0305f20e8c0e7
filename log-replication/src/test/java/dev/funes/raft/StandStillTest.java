package dev.funes.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class StandStillTest {

  @Test
  void onlyALongPauseIsOne() {
    AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);
    StandStill pauses = new StandStill(nanos::get);

    for (long millis : new long[] {0, 250, 20_000, StandStill.MILLIS_MAX}) {
      nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
      assertThat(pauses.tooLongMillis()).as("%d ms", millis).isZero();
    }
    nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(61_000));
    assertThat(pauses.tooLongMillis()).isEqualTo(61_000);
    assertThat(pauses.tooLongMillis()).isZero();
  }
}
