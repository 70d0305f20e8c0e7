package dev.funes.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The documentation shows code that compiles and runs. */
class ClientExamplesTest {
  private static final Path PAGE = Path.of("../docs/client.md");
  private static final Path SOURCE = Path.of("src/test/java/dev/funes/client/ClientExamples.java");
  private static final Pattern BLOCK = Pattern.compile("```java\\n(.*?)```", Pattern.DOTALL);

  @Test
  void showsOnlyCodeThatIsCompiled() throws IOException {
    String source = withoutSpace(Files.readString(SOURCE));
    Matcher blocks = BLOCK.matcher(Files.readString(PAGE));
    int count = 0;
    while (blocks.find()) {
      count++;
      assertThat(source)
          .as("example %d of %s", count, PAGE)
          .contains(withoutSpace(blocks.group(1)));
    }
    assertThat(count).isGreaterThan(5);
  }

  private static String withoutSpace(String text) {
    return text.replaceAll("\\s+", "");
  }

  @Test
  void runs() throws IOException {
    try (FakeCluster cluster = FakeCluster.start(2)) {
      ClientConfig config = cluster.config().build();

      ClientExamples.topic(config);
      ClientExamples.produce(config);
      ClientExamples.produceMany(config, List.of("one", "two", "three"));
      ClientExamples.consume(config, 4);
      ClientExamples.inspect(config);
      try (Admin admin = Admin.open(config)) {
        ClientExamples.failures(admin);
      }

      assertThat(ClientExamples.config().servers()).hasSize(3);
      assertThat(ClientExamples.replay(config, 0)).isEqualTo(4);
      assertThat(
              cluster.offsets.getOrDefault("shipping", Map.of()).values().stream()
                  .mapToLong(Long::longValue)
                  .sum())
          .isEqualTo(4);
    }
  }
}
