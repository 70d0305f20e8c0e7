package dev.funes.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.funes.client.Admin;
import dev.funes.client.ClusterDescription;
import dev.funes.client.ClusterNode;
import dev.funes.client.RaftGroupDescription;
import dev.funes.client.TopicSettings;
import dev.funes.cluster.NodeEndpoint;
import dev.funes.cluster.PartitionId;
import dev.funes.cluster.Topic;
import dev.funes.log.Digest;
import dev.funes.log.PartitionLog;
import dev.funes.server.testing.FunesCluster;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Nodes are added, emptied, replaced and removed while records are written. */
class ResizeTest {
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final int PARTITIONS = 6;
  private static final int ENOUGH = 300;

  @RegisterExtension final FunesCluster cluster = FunesCluster.ofNodes(3);

  @Test
  void aClusterGrowsToFiveNodesAndShrinksAgainUnderLoad() throws InterruptedException {
    try (Admin admin = Admin.open(TestClients.config(cluster.addresses()))) {
      admin.createTopic("events", PARTITIONS, TopicSettings.DEFAULTS);
      try (Load load = Load.start(cluster.addresses(), "events", PARTITIONS)) {
        load.awaitMore(ENOUGH);
        add(admin, 4);
        add(admin, 5);
        load.awaitMore(ENOUGH);

        assertThat(admin.balance(true)).isNotEmpty();
        admin.balance(false);
        awaitThat(admin, now -> !now.balancing() && now.movesLeft() == 0 && isSettled(now));
        assertThat(replicas(admin.describeCluster(), 4)).isBetween(1, 2);
        assertThat(replicas(admin.describeCluster(), 5)).isBetween(1, 2);
        load.awaitMore(ENOUGH);

        remove(admin, 5);
        remove(admin, 1);
        load.awaitMore(ENOUGH);

        load.stop();
        load.assertAllIsThereOnce();
      }
      await().atMost(PATIENCE).untilAsserted(this::assertReplicasAreEqual);
    }
  }

  @Test
  void aNodeThatIsGoneIsReplacedUnderLoadAlsoWhenTheLeaderOfTheMetadataFails()
      throws InterruptedException {
    try (Admin admin = Admin.open(TestClients.config(cluster.addresses()))) {
      admin.createTopic("events", PARTITIONS, TopicSettings.DEFAULTS);
      try (Load load = Load.start(cluster.addresses(), "events", PARTITIONS)) {
        load.awaitMore(ENOUGH);
        cluster.kill(2);
        load.awaitMore(ENOUGH);

        ClusterNode successor = node(cluster.join(4));
        assertThat(admin.replaceNode(2, successor, true)).hasSize(3);
        admin.replaceNode(2, successor, false);
        awaitThat(admin, now -> now.movesLeft() < 3);
        int leader = cluster.node(3).replica().metadata().leads() ? 3 : 1;
        cluster.kill(leader);
        cluster.restart(leader);

        awaitThat(admin, now -> now.members().stream().allMatch(it -> it.node().nodeId() != 2));
        awaitThat(admin, ResizeTest::isSettled);
        load.awaitMore(ENOUGH);

        load.stop();
        load.assertAllIsThereOnce();
      }
      await().atMost(PATIENCE).untilAsserted(this::assertReplicasAreEqual);
    }
  }

  private void add(Admin admin, int id) {
    admin.addNode(node(cluster.join(id)));
    awaitThat(
        admin,
        now ->
            isSettled(now)
                && now.raftGroups().getFirst().placement().voters().contains(id)
                && now.members().stream()
                    .anyMatch(it -> it.node().nodeId() == id && !it.dataId().isEmpty()));
  }

  private void remove(Admin admin, int id) {
    admin.drainNode(id, false);
    awaitThat(admin, now -> replicas(now, id) == 0 && now.movesLeft() == 0 && isSettled(now));
    admin.removeNode(id);
    awaitThat(
        admin,
        now -> isSettled(now) && now.members().stream().allMatch(it -> it.node().nodeId() != id));
    cluster.kill(id);
  }

  private static int replicas(ClusterDescription now, int node) {
    return (int)
        now.raftGroups().stream()
            .filter(group -> group.raftGroup() > 0 && group.placement().voters().contains(node))
            .count();
  }

  private static boolean isSettled(ClusterDescription now) {
    return now.raftGroups().stream().allMatch(ResizeTest::isDone);
  }

  private static boolean isDone(RaftGroupDescription group) {
    return group.placement().isDone();
  }

  private static void awaitThat(Admin admin, Predicate<ClusterDescription> condition) {
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(200))
        .ignoreExceptions()
        .until(admin::describeCluster, condition);
  }

  private static ClusterNode node(NodeEndpoint endpoint) {
    return new ClusterNode(
        endpoint.id().value(), endpoint.host(), endpoint.clientPort(), endpoint.raftPort());
  }

  private void assertReplicasAreEqual() {
    FunesNode any = cluster.nodes().getFirst();
    Topic topic = any.replica().view().topic("events");
    if (topic == null) {
      throw new AssertionError("expected the topic on node " + any.config().self());
    }
    for (int partition = 0; partition < PARTITIONS; partition++) {
      PartitionId id = topic.partition(partition);
      Set<Digest> digests = new HashSet<>();
      int copies = 0;
      for (FunesNode node : cluster.nodes()) {
        PartitionLog log = node.replica().log(id);
        if (log != null) {
          copies++;
          digests.add(log.digest());
        }
      }
      assertThat(copies).as("copies of partition %d", partition).isEqualTo(3);
      assertThat(digests).as("partition %d", partition).hasSize(1);
    }
  }
}
