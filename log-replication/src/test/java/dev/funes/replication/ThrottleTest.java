package dev.funes.replication;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ThrottleTest {

  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final AtomicLong now = new AtomicLong(77);
  private final Throttle throttle = new Throttle(1_000, now::get);

  @Test
  void bytesArePaidForInTime() {
    long waited = 0;
    for (int i = 0; i < 100; i++) {
      waited = Math.max(0, throttle.reserve(100));
      now.addAndGet(waited);
    }
    assertThat(now.get() - 77).isBetween(9 * SECOND, 10 * SECOND);
  }

  @Test
  void severalShareTheRate() {
    throttle.reserve(1_000);
    assertThat(throttle.reserve(1_000)).isBetween(SECOND, 2 * SECOND);
  }

  @Test
  void whatWasNotUsedForLongIsNotSavedUp() {
    now.addAndGet(1_000 * SECOND);
    assertThat(throttle.reserve(2_000)).isGreaterThan(SECOND);
  }
}
