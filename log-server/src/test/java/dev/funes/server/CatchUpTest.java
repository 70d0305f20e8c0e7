package dev.funes.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.funes.client.Admin;
import dev.funes.client.TopicSettings;
import dev.funes.cluster.NodeId;
import dev.funes.cluster.PartitionId;
import dev.funes.cluster.Placement;
import dev.funes.cluster.RaftGroupId;
import dev.funes.cluster.Topic;
import dev.funes.log.Digest;
import dev.funes.log.PartitionLog;
import dev.funes.replication.Replica;
import dev.funes.replication.ReplicaLimits;
import dev.funes.server.testing.FunesCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A node that was away for longer than the Raft logs are kept, with real clients at work. */
class CatchUpTest {
  private static final int PARTITIONS = 3;
  private static final int AWAY = 3;

  /** Nothing that compresses well. */
  private static final String VALUE =
      new Random(5)
          .ints(100_000, 'A', 'z')
          .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
          .toString();

  private static final Duration PATIENCE = Duration.ofSeconds(120);

  @RegisterExtension
  final FunesCluster cluster =
      FunesCluster.ofNodes(3)
          .with(ReplicaLimits.DEFAULTS.withCheckpoints(1 << 20, 1_000).withCatchUp(1, 1, 4 << 20));

  @Test
  void itSaysThatItCopiesAndThenIsEqualLeadsAndServes() throws Exception {
    try (Admin admin = Admin.open(TestClients.config(cluster.address(1)))) {
      admin.createTopic("events", PARTITIONS, TopicSettings.DEFAULTS);
      produce(10);
      long before = end(cluster.node(AWAY).replica(), 0);
      cluster.kill(AWAY);
      cluster.awaitLeaders();
      // Until a leader has purged what the node lacks: more than a file of each Raft log.
      produce(110);
      await().atMost(PATIENCE).until(() -> isPurged(cluster.node(1)) && isPurged(cluster.node(2)));

      try (Load load = Load.start(cluster.addresses(), "events", PARTITIONS)) {
        cluster.restart(AWAY);
        await()
            .atMost(PATIENCE)
            .until(
                () ->
                    admin.describeCluster().raftGroups().stream()
                        .flatMap(group -> group.replicas().stream())
                        .anyMatch(replica -> replica.copying() != null));
        load.awaitMore(100);
        load.stop();
      }
      await().atMost(PATIENCE).untilAsserted(this::assertReplicasAreEqual);
      assertThat(end(cluster.node(AWAY).replica(), 0)).isGreaterThan(before);
      lead();
      produce(1);
      await().atMost(PATIENCE).until(() -> admin.describeCluster().healthy());
    }
  }

  private void produce(int perPartition) {
    List<String> values = IntStream.range(0, perPartition).mapToObj(i -> i + VALUE).toList();
    for (int partition = 0; partition < PARTITIONS; partition++) {
      TestClients.produce(cluster.addresses(), "events", partition, values);
    }
  }

  /** The Raft log of the first partition does not begin at the beginning any more. */
  private boolean isPurged(FunesNode node) throws IOException {
    Placement placement = node.replica().placement();
    RaftGroupId group = placement.raftGroupOf(topic().partition(0));
    Path log =
        node.config()
            .data()
            .resolve("raft")
            .resolve(group.uuid(placement.clusterId()).toString())
            .resolve("current");
    try (Stream<Path> files = Files.list(log)) {
      return files
          .map(file -> file.getFileName().toString())
          .noneMatch(name -> name.matches("log_(0-|inprogress_0).*"));
    }
  }

  private Topic topic() {
    Topic topic = cluster.node(1).replica().view().topic("events");
    if (topic == null) {
      throw new AssertionError("expected the topic on node 1");
    }
    return topic;
  }

  private long end(Replica replica, int partition) {
    PartitionLog log = replica.log(topic().partition(partition));
    return log == null ? 0 : log.endOffset();
  }

  private void assertReplicasAreEqual() {
    for (int partition = 0; partition < PARTITIONS; partition++) {
      PartitionId id = topic().partition(partition);
      Set<Digest> digests = new HashSet<>();
      for (FunesNode node : cluster.nodes()) {
        PartitionLog log = node.replica().log(id);
        if (log == null) {
          throw new AssertionError("expected " + id + " on node " + node.config().self());
        }
        digests.add(log.digest());
      }
      assertThat(digests).as("partition %d", partition).hasSize(1);
    }
  }

  /** Of what it copied. */
  private void lead() {
    RaftGroupId group = cluster.node(AWAY).replica().placement().raftGroupOf(topic().partition(0));
    NodeId away = new NodeId(AWAY);
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              NodeId leader = cluster.node(AWAY).replica().leader(group);
              if (leader != null && !leader.equals(away)) {
                cluster
                    .node(leader.value())
                    .replica()
                    .transferLeadership(group, away)
                    .exceptionally(_ -> null)
                    .get(20, TimeUnit.SECONDS);
              }
              return away.equals(leader);
            });
  }
}
