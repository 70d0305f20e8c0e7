package dev.funes.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class TopicNameTest {

  @Test
  void takesWhatIsSafeAsAFileName() {
    assertThat(TopicName.problem("orders.v2_EU-1")).isNull();
    assertThat(TopicName.problem("...")).isNull();
    assertThat(TopicName.problem("a".repeat(249))).isNull();
  }

  @Test
  void refusesEverythingElseInOnePrintableLine() {
    String[] names = {
      "",
      ".",
      "..",
      "a/b",
      "../x",
      "a\0b",
      "a\nb",
      "a b",
      "\u00e4",
      "\ud83d\ude00",
      "\ud83d",
      "a".repeat(250),
      "a\\b",
      "a:b"
    };
    for (String name : names) {
      assertThat(TopicName.problem(name)).as("name %s", name).isNotNull().matches("[ -~]+");
    }
    assertThat(TopicName.problem("a/b")).contains("'/' at position 1").endsWith(": \"a/b\"");
    assertThat(TopicName.problem("a\nb")).contains("U+000A at position 1");
    assertThat(TopicName.problem("a".repeat(250))).contains("249").contains("250");
    assertThatThrownBy(() -> TestTopics.topic("a/b", 1, 1)).hasMessageContaining("topic name");
  }
}
