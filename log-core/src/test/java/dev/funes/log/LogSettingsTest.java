package dev.funes.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class LogSettingsTest {

  @Test
  void keepsEverythingByDefault() {
    assertThat(LogSettings.DEFAULTS.retentionMillis()).isEqualTo(LogSettings.UNLIMITED);
    assertThat(LogSettings.DEFAULTS.retentionBytes()).isEqualTo(LogSettings.UNLIMITED);
  }

  @Test
  void namesTheSettingAndItsRange() {
    assertThatThrownBy(() -> new LogSettings(100, 1_000, -1, -1))
        .hasMessage("segment-bytes must be 1048576 to 1073741824, was 100");
    assertThatThrownBy(() -> new LogSettings(1 << 20, 1, -1, -1))
        .hasMessage("segment-millis must be at least 1000, was 1");
    assertThatThrownBy(() -> new LogSettings(1 << 20, 1_000, -2, -1))
        .hasMessage("retention-millis must be 0 or more, or -1 for no limit, was -2");
    assertThatThrownBy(() -> new LogSettings(1 << 20, 1_000, -1, -5))
        .hasMessageStartingWith("retention-bytes");
  }
}
