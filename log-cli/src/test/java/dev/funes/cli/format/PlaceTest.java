package dev.funes.cli.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlaceTest {
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

  private static Place parse(String text) {
    return Place.parse(text, Clock.fixed(NOW, ZoneOffset.UTC));
  }

  @Test
  void readsEveryFormOfThePlaceLanguage() {
    assertThat(parse("start")).isEqualTo(new Place.Start());
    assertThat(parse("end")).isEqualTo(new Place.End());
    assertThat(parse("0")).isEqualTo(new Place.At(0));
    assertThat(parse("42")).isEqualTo(new Place.At(42));
    assertThat(parse("-5")).isEqualTo(new Place.BeforeEnd(5));
    assertThat(parse("@1700000000000")).isEqualTo(new Place.AtTime(1_700_000_000_000L));
  }

  @Test
  void readsTimesWithAndWithoutAZoneAndRelativeOnes() {
    long noon = NOW.toEpochMilli();

    assertThat(parse("@2026-03-01T12:00:00Z")).isEqualTo(new Place.AtTime(noon));
    assertThat(parse("@2026-03-01T13:00:00+01:00")).isEqualTo(new Place.AtTime(noon));
    assertThat(parse("@2026-03-01T07:00:00-05:00")).isEqualTo(new Place.AtTime(noon));
    assertThat(parse("@2026-03-01T12:00")).isEqualTo(new Place.AtTime(noon));
    assertThat(parse("@2026-03-01")).isEqualTo(new Place.AtTime(noon - 12 * 3_600_000L));
    assertThat(parse("@-1h")).isEqualTo(new Place.AtTime(noon - 3_600_000));
    assertThat(parse("@-1h30m")).isEqualTo(new Place.AtTime(noon - 5_400_000));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "middle",
        "-",
        "--5",
        "+5",
        "1.5",
        "-1h",
        "@",
        "@yesterday",
        "@-",
        "@-1",
        "@-1x",
        "@2026-13-01",
        "99999999999999999999",
        "1 ",
        "START"
      })
  void refusesEverythingElseInOneLineThatNamesIt(String text) {
    assertThatThrownBy(() -> parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'")
        .satisfies(thrown -> assertThat(thrown.getMessage()).doesNotContain("\n"));
  }
}
