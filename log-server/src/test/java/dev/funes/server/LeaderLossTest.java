package dev.funes.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.funes.client.Admin;
import dev.funes.client.TopicSettings;
import dev.funes.cluster.PartitionId;
import dev.funes.cluster.Topic;
import dev.funes.log.Digest;
import dev.funes.log.PartitionLog;
import dev.funes.server.testing.FunesCluster;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Nodes go and come back while records are written. */
class LeaderLossTest {
  private static final int PARTITIONS = 6;
  private static final int ENOUGH = 1_000;

  @RegisterExtension final FunesCluster cluster = FunesCluster.ofNodes(3);

  @Test
  void nothingAcknowledgedIsLostOrDoubledAndTheReplicasAreEqual() throws InterruptedException {
    try (Admin admin = Admin.open(TestClients.config(cluster.addresses()))) {
      admin.createTopic("events", PARTITIONS, TopicSettings.DEFAULTS);
    }
    try (Load load = Load.start(cluster.addresses(), "events", PARTITIONS)) {
      for (int node = 1; node <= 3; node++) {
        // Every node leads something, so each of these takes leaders away under load.
        load.awaitMore(ENOUGH);
        if (node == 2) {
          cluster.stop(node);
        } else {
          cluster.kill(node);
        }
        load.awaitMore(ENOUGH);
        cluster.restart(node);
        cluster.awaitLeaders();
      }
      load.awaitMore(ENOUGH);
      load.stop();
      load.assertAllIsThereOnce();
    }
    await().atMost(Duration.ofSeconds(30)).untilAsserted(this::assertReplicasAreEqual);
  }

  private void assertReplicasAreEqual() {
    Topic topic = cluster.node(1).replica().view().topic("events");
    if (topic == null) {
      throw new AssertionError("expected the topic on node 1");
    }
    for (int partition = 0; partition < PARTITIONS; partition++) {
      Set<Digest> digests = new HashSet<>();
      for (FunesNode node : cluster.nodes()) {
        digests.add(digest(node, topic.partition(partition)));
      }
      assertThat(digests).as("partition %d", partition).hasSize(1);
    }
  }

  private static Digest digest(FunesNode node, PartitionId partition) {
    PartitionLog log = node.replica().log(partition);
    if (log == null) {
      throw new AssertionError("expected " + partition + " on node " + node.config().self());
    }
    return log.digest();
  }
}
