package dev.funes.cli.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TimesAndSizesTest {
  @Test
  void readsDurations() {
    assertThat(Times.parseDuration("500ms")).isEqualTo(Duration.ofMillis(500));
    assertThat(Times.parseDuration("0s")).isEqualTo(Duration.ZERO);
    assertThat(Times.parseDuration("7d")).isEqualTo(Duration.ofDays(7));
    assertThat(Times.parseDuration("2w1d")).isEqualTo(Duration.ofDays(15));
    assertThat(Times.parseDuration("1h30m5s")).isEqualTo(Duration.ofSeconds(5_405));
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 999, 1_000, 61_001, 604_800_000, 90_061_001})
  void readsTheDurationsThatItPrints(long millis) {
    String printed = Times.printDuration(millis);

    assertThat(Times.parseDuration(printed).toMillis()).as(printed).isEqualTo(millis);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1", "h", "1y", "1h ", "-1h", "1.5h", "99999999999999999d"})
  void refusesWhatIsNoDuration(String text) {
    assertThatThrownBy(() -> Times.parseDuration(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'" + text + "'");
  }

  @Test
  void readsSizes() {
    assertThat(Sizes.parse("0")).isZero();
    assertThat(Sizes.parse("17B")).isEqualTo(17);
    assertThat(Sizes.parse("64KiB")).isEqualTo(65_536);
    assertThat(Sizes.parse("10GiB")).isEqualTo(10L << 30);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "KiB", "1KB", "-1", "1.5MiB", "99999999999TiB"})
  void refusesWhatIsNoSize(String text) {
    assertThatThrownBy(() -> Sizes.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'" + text + "'");
  }

  @Test
  void printsSizesForPeople() {
    assertThat(Sizes.print(0)).isEqualTo("0 B");
    assertThat(Sizes.print(1_023)).isEqualTo("1023 B");
    assertThat(Sizes.print(1_536)).isEqualTo("1.5 KiB");
    assertThat(Sizes.print(1L << 30)).isEqualTo("1.0 GiB");
  }
}
