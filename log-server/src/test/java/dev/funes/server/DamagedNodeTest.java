package dev.funes.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.funes.client.Admin;
import dev.funes.client.TopicPartition;
import dev.funes.client.TopicSettings;
import dev.funes.cluster.PartitionId;
import dev.funes.cluster.RaftGroupId;
import dev.funes.cluster.Topic;
import dev.funes.log.PartitionLog;
import dev.funes.raft.RaftGroupDirectory;
import dev.funes.replication.Movement;
import dev.funes.replication.Replica;
import dev.funes.replication.ReplicaLimits;
import dev.funes.server.testing.FunesCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A node that has lost every vote comes back by itself, from checkpoints of the others. */
@Timeout(240)
class DamagedNodeTest {
  private static final int PARTITIONS = 3;
  private static final int DAMAGED = 3;
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @RegisterExtension
  final FunesCluster cluster =
      FunesCluster.ofNodes(3)
          .with(ReplicaLimits.DEFAULTS.withCheckpoints(1 << 20, 500).withCatchUp(1, 1, 64L << 20));

  @Test
  void comesBackFromTheOthersAlthoughTheirRaftLogsWerePurged() throws Exception {
    try (Admin admin = Admin.open(TestClients.config(cluster.addresses()))) {
      admin.createTopic("orders", PARTITIONS, TopicSettings.DEFAULTS);
    }
    write(1);
    Path data = cluster.node(DAMAGED).config().data();
    cluster.kill(DAMAGED);
    for (RaftGroupId group : cluster.node(1).replica().placement().raftGroups()) {
      Path vote =
          RaftGroupDirectory.of(data.resolve("raft"), "test", group)
              .path()
              .resolve("current/raft-meta");
      Files.write(vote, new byte[] {7});
    }
    write(2);

    cluster.restart(DAMAGED);

    write(3);
    await().atMost(PATIENCE).untilAsserted(this::assertWholeAndEqual);
    assertThat(setAside(data))
        .hasSize(1 + cluster.node(1).replica().placement().dataRaftGroupCount());
    List<TopicPartition> all =
        IntStream.range(0, PARTITIONS).mapToObj(i -> new TopicPartition("orders", i)).toList();
    assertThat(TestClients.consume(cluster.address(DAMAGED), all)).hasSize(3 * PARTITIONS * 40);
    // It can lead as well as any other.
    cluster.kill(1);
    write(4);
  }

  private void write(int round) {
    String large = "x".repeat(20_000);
    for (int partition = 0; partition < PARTITIONS; partition++) {
      TestClients.produce(
          cluster.addresses(), "orders", partition, Collections.nCopies(40, round + large));
    }
  }

  private void assertWholeAndEqual() {
    Replica healed = cluster.node(DAMAGED).replica();
    for (RaftGroupId group : healed.placement().raftGroups()) {
      Movement movement = cluster.node(DAMAGED).replica().movement(group);
      assertThat(Set.copyOf(movement.voters()))
          .as("voters of raft group %s", group)
          .isEqualTo(Set.copyOf(healed.placement().replicas(group)));
    }
    Topic topic = Objects.requireNonNull(healed.view().topic("orders"));
    for (int partition = 0; partition < PARTITIONS; partition++) {
      PartitionId id = new PartitionId(topic.topicId(), partition);
      assertThat(digest(healed.log(id))).isEqualTo(digest(cluster.node(1).replica().log(id)));
    }
  }

  private static String digest(@Nullable PartitionLog log) {
    return log == null ? "none" : log.endOffset() + " " + log.digest();
  }

  private static List<Path> setAside(Path data) throws IOException {
    try (var files = Files.list(data.resolve("set-aside"))) {
      return files.toList();
    }
  }
}
