package dev.funes.cli.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class SpeedTest {
  @Test
  void theDistanceOfRecordsIsDividedByTheFactor() {
    assertThat(Speed.parse("1x").after(1_000, 61_000)).isEqualTo(Duration.ofMinutes(1));
    assertThat(Speed.parse("10x").after(1_000, 61_000)).isEqualTo(Duration.ofSeconds(6));
    assertThat(Speed.parse("0.5x").after(1_000, 61_000)).isEqualTo(Duration.ofMinutes(2));
    assertThat(Speed.parse("max").after(1_000, Long.MAX_VALUE)).isZero();
  }

  @Test
  void aRecordThatIsOlderThanTheFirstComesAtOnce() {
    assertThat(Speed.parse("1x").after(1_000, 500)).isZero();
  }

  @Test
  void whatIsNoSpeedIsRefused() {
    for (String text : new String[] {"", "x", "0x", "-1x", "1", "fast", "1xx"}) {
      assertThatThrownBy(() -> Speed.parse(text)).hasMessageContaining("is no speed");
    }
  }
}
