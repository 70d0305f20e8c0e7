package dev.funes.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class MemberPulseTest {
  private final MemberPulse pulse =
      new MemberPulse(
          GroupOptions.builder().pollIntervalMax(Duration.ofSeconds(1)).build(), 10_000);

  private void beStuck() {
    pulse.pollEnds();
    await().until(pulse::isStuck);
  }

  @Test
  void isSureWhenAHeartbeatIsAnsweredThatWasSentAfterIt() {
    pulse.opened();
    pulse.joined();
    pulse.sent();
    beStuck();
    assertThat(pulse.pollStarts(true)).isTrue();
    pulse.sent();
    assertThat(pulse.isUnsure()).isTrue();

    pulse.answered(); // the first, of before
    assertThat(pulse.isUnsure()).isTrue();
    pulse.answered();
    assertThat(pulse.isUnsure()).isFalse();
  }

  @Test
  void hasToAskEachTimeItWasStuckUntilItHasJoined() {
    pulse.opened();
    for (int i = 0; i < 2; i++) {
      beStuck();
      assertThat(pulse.pollStarts(false)).as("time %d", i).isTrue();
      assertThat(pulse.isUnsure()).isTrue();
    }
    pulse.opened();
    assertThat(pulse.isUnsure()).isTrue();
    pulse.joined();
    assertThat(pulse.isUnsure()).isFalse();
    pulse.pollEnds();
    assertThat(pulse.pollStarts(true)).isFalse();
  }
}
