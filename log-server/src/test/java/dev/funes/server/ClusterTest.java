package dev.funes.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.funes.client.Admin;
import dev.funes.client.ClusterDescription;
import dev.funes.client.CommittedOffset;
import dev.funes.client.ConsumedRecord;
import dev.funes.client.Consumer;
import dev.funes.client.ErrorCode;
import dev.funes.client.FunesException;
import dev.funes.client.GroupInfo;
import dev.funes.client.PartitionDescription;
import dev.funes.client.RecordPosition;
import dev.funes.client.ResetOffset;
import dev.funes.client.ResetTo;
import dev.funes.client.ResetTopic;
import dev.funes.client.TopicPartition;
import dev.funes.client.TopicSettings;
import dev.funes.server.testing.FunesCluster;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Three real nodes in this process, and the real client. */
class ClusterTest {
  @RegisterExtension static final FunesCluster CLUSTER = FunesCluster.ofNodes(3);

  private static final List<String> VALUES =
      IntStream.range(0, 200).mapToObj(i -> "value " + i).toList();

  @Test
  void everyNodeTakesRecordsAndGivesThemBack() {
    create("everywhere", 6);
    List<TopicPartition> partitions = partitions("everywhere", 6);
    for (int node = 1; node <= 3; node++) {
      for (TopicPartition partition : partitions) {
        List<RecordPosition> positions =
            TestClients.produce(CLUSTER.address(node), "everywhere", partition.partition(), VALUES);

        assertThat(positions).extracting(RecordPosition::offset).isSorted().doesNotHaveDuplicates();
      }
    }

    for (int node = 1; node <= 3; node++) {
      List<ConsumedRecord> read = TestClients.consume(CLUSTER.address(node), partitions);

      for (TopicPartition partition : partitions) {
        List<ConsumedRecord> part =
            read.stream().filter(record -> record.topicPartition().equals(partition)).toList();
        assertThat(part)
            .as("node %d, %s", node, partition)
            .extracting(ConsumedRecord::offset)
            .containsExactlyElementsOf(
                IntStream.range(0, 600).mapToObj(offset -> (long) offset).toList());
        assertThat(part.subList(0, 200))
            .extracting(TestClients::value)
            .containsExactlyElementsOf(VALUES);
      }
    }
  }

  @Test
  void topicsAreTheSameOnEveryNode() {
    for (int node = 1; node <= 3; node++) {
      String name = "from-" + node;
      try (Admin admin = Admin.open(TestClients.config(CLUSTER.address(node)))) {
        admin.createTopic(name, 2, TopicSettings.DEFAULTS);
        assertThatThrownBy(() -> admin.createTopic(name, 2, TopicSettings.DEFAULTS))
            .isInstanceOfSatisfying(
                FunesException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TOPIC_EXISTS));
      }
      for (int other = 1; other <= 3; other++) {
        try (Admin admin = Admin.open(TestClients.config(CLUSTER.address(other)))) {
          assertThat(admin.describeTopic(name).partitions())
              .hasSize(2)
              .allSatisfy(partition -> assertThat(partition.replicas()).hasSize(3));
          assertThat(admin.listTopics()).anyMatch(topic -> topic.name().equals(name));
        }
      }
      try (Admin admin = Admin.open(TestClients.config(CLUSTER.address(1 + node % 3)))) {
        assertThat(
                admin
                    .alterTopic(name, TopicSettings.DEFAULTS.withRetentionMillis(12_345))
                    .settings()
                    .retentionMillis())
            .isEqualTo(12_345);
        admin.deleteTopic(name);
        assertThatThrownBy(() -> admin.describeTopic(name))
            .isInstanceOfSatisfying(
                FunesException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNKNOWN_TOPIC));
      }
    }
  }

  @Test
  void aConsumerGroupGoesOnWhereItStoppedAndGoesBackWhereItIsTold() {
    create("orders", 1);
    TopicPartition partition = new TopicPartition("orders", 0);
    TestClients.produce(CLUSTER.address(1), "orders", 0, VALUES);
    String group = "billing";

    try (Consumer consumer = Consumer.open(TestClients.config(CLUSTER.address(2)), group)) {
      consumer.assign(List.of(partition));
      consumer.seek(partition, 0);
      consumer.stopAtEnd();
      assertThat(TestClients.drain(consumer)).hasSize(200);
      consumer.commit();
    }

    for (int node = 1; node <= 3; node++) {
      try (Admin admin = Admin.open(TestClients.config(CLUSTER.address(node)))) {
        assertThat(admin.listGroups()).extracting(GroupInfo::name).contains(group);
        assertThat(admin.committedOffsets(group))
            .singleElement()
            .extracting(CommittedOffset::offset)
            .isEqualTo(200L);
        List<ResetOffset> dry =
            admin.resetOffsets(group, List.of(), new ResetTo.ShiftBy(-50), true).offsets();
        assertThat(dry).containsExactly(new ResetOffset(partition, 200L, 150L, null, 0, 200));
        assertThat(admin.committedOffsets(group).getFirst().offset()).isEqualTo(200);
        admin.resetOffsets(group, List.of(ResetTopic.all("orders")), new ResetTo.Start(), false);
        assertThat(admin.committedOffsets(group).getFirst().offset()).isZero();
        admin.resetOffsets(group, List.of(), new ResetTo.Offset(999), false);
        assertThat(admin.committedOffsets(group).getFirst().offset()).isEqualTo(200);
      }
    }
    try (Admin admin = Admin.open(TestClients.config(CLUSTER.address(3)))) {
      assertThat(admin.deleteOffsets(group, List.of())).isEqualTo(1);
      assertThat(admin.committedOffsets(group)).isEmpty();
      assertThatThrownBy(
              () -> admin.commitOffsets(group, List.of(CommittedOffset.of(partition, 201))))
          .hasMessageContaining("offsets[0].offset is 201, beyond the end");
    }
  }

  @Test
  void aReaderThatWaitsIsWokenByWhatIsWritten() {
    create("awaited", 1);
    TopicPartition partition = new TopicPartition("awaited", 0);
    for (int node = 1; node <= 3; node++) {
      try (Consumer consumer = Consumer.open(TestClients.config(CLUSTER.address(node)), null)) {
        consumer.assign(List.of(partition));
        consumer.seekToEnd(List.of(partition));
        long end = consumer.position(partition);
        assertThat(consumer.poll(Duration.ofMillis(50))).isEmpty();

        TestClients.produce(CLUSTER.address(1), "awaited", 0, List.of("news"));

        assertThat(consumer.poll(Duration.ofSeconds(20)))
            .singleElement()
            .satisfies(record -> assertThat(record.offset()).isEqualTo(end))
            .extracting(TestClients::value)
            .isEqualTo("news");
      }
    }
  }

  @Test
  void tellsHowTheClusterFares() {
    try (Admin admin = Admin.open(TestClients.config(CLUSTER.address(2)))) {
      await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(
              () -> {
                ClusterDescription cluster = admin.describeCluster();
                assertThat(cluster.problems()).isEmpty();
                assertThat(cluster.healthy()).isTrue();
                assertThat(cluster.isCaughtUp()).isTrue();
                assertThat(cluster.nodeId()).isEqualTo(2);
                assertThat(cluster.nodes()).hasSize(3).allMatch(node -> node.reachable());
                assertThat(cluster.raftGroups())
                    .hasSize(4)
                    .allSatisfy(
                        group -> {
                          assertThat(group.leader()).isNotNull();
                          assertThat(group.replicas()).hasSize(3);
                        });
              });
    }
  }

  private static void create(String topic, int partitions) {
    try (Admin admin = Admin.open(TestClients.config(CLUSTER.addresses()))) {
      admin.createTopic(topic, partitions, TopicSettings.DEFAULTS);
      assertThat(admin.describeTopic(topic).partitions())
          .extracting(PartitionDescription::partition)
          .containsExactlyElementsOf(IntStream.range(0, partitions).boxed().toList());
    }
  }

  private static List<TopicPartition> partitions(String topic, int count) {
    return IntStream.range(0, count).mapToObj(i -> new TopicPartition(topic, i)).toList();
  }
}
