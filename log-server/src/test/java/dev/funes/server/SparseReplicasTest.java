package dev.funes.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.funes.client.Admin;
import dev.funes.client.CommittedOffset;
import dev.funes.client.ConsumedRecord;
import dev.funes.client.Consumer;
import dev.funes.client.GroupInfo;
import dev.funes.client.TopicPartition;
import dev.funes.client.TopicSettings;
import dev.funes.server.testing.FunesCluster;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** More nodes than replicas: a node answers for partitions that it does not have. */
class SparseReplicasTest {
  private static final int PARTITIONS = 4;

  @RegisterExtension
  static final FunesCluster CLUSTER = FunesCluster.ofNodes(2).withReplicationFactor(1);

  private static final List<TopicPartition> ALL =
      IntStream.range(0, PARTITIONS).mapToObj(i -> new TopicPartition("spread", i)).toList();

  @Test
  void everyNodeAnswersForEveryPartition() {
    try (Admin admin = Admin.open(TestClients.config(CLUSTER.address(1)))) {
      admin.createTopic("spread", PARTITIONS, TopicSettings.DEFAULTS);
    }
    for (int node = 1; node <= 2; node++) {
      for (int partition = 0; partition < PARTITIONS; partition++) {
        TestClients.produce(CLUSTER.address(node), "spread", partition, List.of("a", "b", "c"));
      }
    }
    for (int node = 1; node <= 2; node++) {
      assertThat(TestClients.consume(CLUSTER.address(node), ALL)).hasSize(2 * 3 * PARTITIONS);
      try (Admin admin = Admin.open(TestClients.config(CLUSTER.address(node)))) {
        for (String group : List.of("g1", "g2", "g3", "g4")) {
          admin.commitOffsets(
              group, ALL.stream().map(partition -> CommittedOffset.of(partition, 6)).toList());
          assertThat(admin.committedOffsets(group))
              .hasSize(PARTITIONS)
              .allSatisfy(stored -> assertThat(stored.offset()).isEqualTo(6));
        }
        assertThat(admin.listGroups())
            .extracting(GroupInfo::name)
            .containsExactly("g1", "g2", "g3", "g4");
        assertThat(admin.describeCluster().healthy()).isTrue();
      }
    }
  }

  @Test
  void aReaderIsWokenAcrossNodes() {
    try (Admin admin = Admin.open(TestClients.config(CLUSTER.address(2)))) {
      admin.createTopic("news", 2, TopicSettings.DEFAULTS);
    }
    for (int node = 1; node <= 2; node++) {
      for (int partition = 0; partition < 2; partition++) {
        TopicPartition read = new TopicPartition("news", partition);
        try (Consumer consumer = Consumer.open(TestClients.config(CLUSTER.address(node)), null)) {
          consumer.assign(List.of(read));
          consumer.seekToEnd(List.of(read));
          assertThat(consumer.poll(Duration.ofMillis(50))).isEmpty();

          TestClients.produce(CLUSTER.address(1), "news", partition, List.of("x"));

          List<ConsumedRecord> woken = consumer.poll(Duration.ofSeconds(20));
          assertThat(woken).as("node %d, %s", node, read).hasSize(1);
        }
      }
    }
  }
}
