package dev.funes.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The documentation shows code that compiles and runs. */
class ClientExamplesTest {
  @Test
  void showsOnlyCodeThatIsCompiled() throws IOException {
    DocumentedCode.assertCompiled("client.md", ClientExamples.class);
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
        var _ = admin.createTopic("ledger", 1, TopicSettings.DEFAULTS);
        try (Producer producer = Producer.open(config);
            Consumer consumer = Consumer.open(config, null)) {
          consumer.assign(consumer.partitions("ledger"));
          ClientExamples.appendTogether(producer, consumer);
        }
        assertThat(cluster.existing("ledger", 0).endOffset()).isEqualTo(2);
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
