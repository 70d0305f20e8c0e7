package dev.funes.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClientConfigTest {
  @Test
  void isForALocalNodeUnlessToldOtherwise() {
    assertThat(ClientConfig.builder().build().servers())
        .containsExactly(new ServerAddress("localhost", 7070));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ' ',
      value = {
        "a:1 a 1",
        "a a 7070",
        "10.0.0.1:7071 10.0.0.1 7071",
        "[::1]:7071 ::1 7071",
        "[::1] ::1 7070"
      })
  void readsAddresses(String text, String host, int port) {
    assertThat(ServerAddress.parse(text)).isEqualTo(new ServerAddress(host, port));
    assertThat(ServerAddress.parse(ServerAddress.parse(text).toString()))
        .isEqualTo(new ServerAddress(host, port));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "a:", "a:b", "a:0", "a:65536", ":1", "[::1", "[::1]x", "a:1:2", "a,,b"})
  void refusesWhatIsNoAddress(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ServerAddress.parseAll(text))
        .withMessageStartingWith("server: ");
  }

  @Test
  void namesTheSettingThatIsOutOfItsRange() {
    ClientConfig.Builder config = ClientConfig.builder();

    assertThatIllegalArgumentException()
        .isThrownBy(() -> config.batchBytes(10).build())
        .withMessage("batchBytes: 10 is not between 1024 and 4194304");
    config.batchBytes(1024);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> config.requestTimeout(Duration.ZERO).build())
        .withMessage("requestTimeout: 0 is less than 1");
    config.requestTimeout(Duration.ofSeconds(1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> config.inFlightPerPartition(6).build())
        .withMessage("inFlightPerPartition: 6 is not between 1 and 5");
  }
}
