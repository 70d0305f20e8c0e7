package dev.funes.server.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TopicPatternTest {
  @Test
  void theWholeNameMatches() {
    TopicPattern pattern = TopicPattern.of("orders-(eu|us)");
    assertThat(pattern.matches("orders-eu")).isTrue();
    assertThat(pattern.matches("orders-eu-1")).isFalse();
    assertThat(pattern.matches("my-orders-eu")).isFalse();
  }

  @Test
  void whatIsNoPatternSaysWhy() {
    assertThat(TopicPattern.problem("(")).contains("not an RE2 expression");
    assertThat(TopicPattern.problem("a*+")).contains("not an RE2 expression");
    assertThat(TopicPattern.problem("x".repeat(1_001))).contains("1000").contains("1001");
    assertThat(TopicPattern.problem("")).isNull();
  }

  /** Compiling would write all repetitions out, and take all memory. */
  @Test
  void repetitionsAreBoundedTogether() {
    assertThat(TopicPattern.problem("((a{1000}){1000}){1000}")).contains("1000");
    assertThat(TopicPattern.problem("(a{2,40}){30}")).contains("1000");
    assertThat(TopicPattern.problem("a{99999999999999999999}")).contains("1000");
    assertThat(TopicPattern.problem("(a{2,30}){30}-[0-9]{1,}")).isNull();
  }
}
