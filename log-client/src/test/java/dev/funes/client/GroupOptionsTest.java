package dev.funes.client;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The ranges of the options of a member. */
class GroupOptionsTest {
  @Test
  void namesTheSettingThatIsOutOfItsRange() {
    Duration tooShort = Duration.ofMillis(999);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GroupOptions.builder().sessionTimeout(tooShort).build())
        .withMessage("sessionTimeout: 999 ms is not between 1000 and 1800000 ms");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GroupOptions.builder().rebalanceTimeout(Duration.ofHours(2)).build())
        .withMessageContaining("rebalanceTimeout");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GroupOptions.builder().pollIntervalMax(tooShort).build())
        .withMessageContaining("pollIntervalMax");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GroupOptions.builder().commitInterval(Duration.ofMillis(-1)).build())
        .withMessageContaining("commitInterval");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GroupOptions.builder().instanceId("x".repeat(250)).build())
        .withMessage("instanceId: 250 characters are more than 249");
    assertThatIllegalArgumentException().isThrownBy(() -> Subscription.to());
  }
}
