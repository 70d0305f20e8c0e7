package dev.funes.server.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.funes.client.Admin;
import dev.funes.client.ClientConfig;
import dev.funes.client.TopicSettings;
import dev.funes.cluster.NodeEndpoint;
import dev.funes.cluster.NodeId;
import dev.funes.cluster.Placement;
import dev.funes.replication.Replica;
import dev.funes.replication.ReplicaLimits;
import dev.funes.server.DevCluster;
import dev.funes.server.grpc.ApiLimits;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A program that starts and stops nodes in its own process gets their memory back. */
class ClosedNodesTest {
  private static final int NODES = 3;
  // Each message of a leader to a follower keeps a timer in Ratis for 10 s, and that its server.
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  @TempDir Path directory;

  @Test
  void nothingKeepsANodeThatWasClosed() throws IOException {
    List<WeakReference<Replica>> closed = startAndClose();

    assertThat(closed).hasSize(NODES);
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(500))
        .untilAsserted(
            () -> {
              System.gc();
              assertThat(closed).allMatch(replica -> replica.refersTo(null));
            });
  }

  // A frame of its own: what it had in its variables is gone when it returns.
  private List<WeakReference<Replica>> startAndClose() throws IOException {
    List<Integer> ports = FreePorts.pick(2 * NODES);
    List<NodeEndpoint> endpoints = new ArrayList<>();
    for (int i = 0; i < NODES; i++) {
      endpoints.add(
          new NodeEndpoint(new NodeId(i + 1), "127.0.0.1", ports.get(2 * i), ports.get(2 * i + 1)));
    }
    try (DevCluster cluster =
        DevCluster.start(
            Placement.of("test", endpoints),
            directory,
            ApiLimits.DEFAULTS,
            ReplicaLimits.DEFAULTS,
            (message, cause) -> {
              throw new AssertionError(message, cause);
            })) {
      String servers = String.join(",", cluster.addresses());
      try (Admin admin = Admin.open(ClientConfig.builder().servers(servers).build())) {
        admin.createTopic("orders", 1, TopicSettings.DEFAULTS);
      }
      return cluster.nodes().stream().map(node -> new WeakReference<>(node.replica())).toList();
    }
  }
}
