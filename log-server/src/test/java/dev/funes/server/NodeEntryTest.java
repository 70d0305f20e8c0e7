package dev.funes.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.funes.cluster.NodeEndpoint;
import dev.funes.cluster.NodeId;
import dev.funes.cluster.Placement;
import dev.funes.replication.ReplicaLimits;
import dev.funes.server.grpc.ApiLimits;
import dev.funes.server.testing.FunesCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Who may start with an empty directory while a cluster runs. */
class NodeEntryTest {
  @RegisterExtension static final FunesCluster CLUSTER = FunesCluster.ofNodes(3);

  @TempDir Path empty;

  @Test
  void aNodeThatHasLostItsDirectoryIsRefused() throws IOException {
    awaitRegistered();
    Path data = CLUSTER.node(2).config().data();
    Path kept = data.resolveSibling("kept");
    CLUSTER.kill(2);
    Files.move(data, kept);
    try {
      assertThatThrownBy(() -> CLUSTER.restart(2))
          .isInstanceOf(StartException.class)
          .hasMessageContaining("node 2 had data before")
          .hasMessageContaining("replace-node 2");
    } finally {
      delete(data);
      Files.move(kept, data);
    }
    CLUSTER.restart(2);
    CLUSTER.awaitLeaders();
  }

  @Test
  void aNodeThatTheClusterDoesNotHaveIsToldToJoin() {
    awaitRegistered();

    assertRefused(
        "cluster has nodes [1, 2, 3] and no node 4; start it with --join", "test", false, false);
  }

  @Test
  void aNodeOfAnotherClusterIsRefused() {
    awaitRegistered();

    assertRefused("says that it is one of cluster test", "other", true, false);
    assertRefused("says that it is one of cluster test", "other", false, false);
  }

  @Test
  void aNodeThatJoinsMustNotExpectAnotherNumberOfRaftGroups() {
    awaitRegistered();

    assertRefused("the cluster has 3 data raft groups", "test", true, true);
  }

  private void assertRefused(
      String message, String clusterId, boolean join, boolean raftGroupsGiven) {
    NodeEndpoint newcomer = new NodeEndpoint(new NodeId(4), "127.0.0.1", 1, 2);
    Placement placement = CLUSTER.node(1).config().placement();
    NodeConfig config =
        new NodeConfig(
            newcomer.id(),
            new Placement(
                clusterId,
                Stream.concat(placement.nodes().stream(), Stream.of(newcomer)).toList(),
                3,
                7),
            empty,
            ApiLimits.DEFAULTS,
            ReplicaLimits.DEFAULTS,
            join,
            raftGroupsGiven,
            0);

    assertThatThrownBy(() -> NodeEntry.identity(config, NodeEntry.CONTACT_MILLIS))
        .isInstanceOf(StartException.class)
        .hasMessageContaining(message);
    assertThat(empty).isEmptyDirectory();
  }

  private static void awaitRegistered() {
    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () ->
                CLUSTER.nodes().stream()
                    .allMatch(node -> node.replica().view().members().dataIds().size() == 3));
  }

  private static void delete(Path directory) throws IOException {
    if (Files.exists(directory)) {
      try (Stream<Path> files = Files.walk(directory)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }
}
