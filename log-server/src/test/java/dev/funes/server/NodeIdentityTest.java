package dev.funes.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.funes.cluster.NodeEndpoint;
import dev.funes.cluster.NodeId;
import dev.funes.cluster.Placement;
import dev.funes.replication.ReplicaLimits;
import dev.funes.server.grpc.ApiLimits;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeIdentityTest {
  private static final String FORMAT_1 =
      """
      {"format": 1, "cluster": "demo", "node": 1, "nodes": [1, 2, 3], "replicationFactor": 3, "raftGroups": 6}
      """;

  @TempDir Path data;

  @Test
  void isFoundAgainAsItWasStored() throws IOException {
    NodeConfig config = config("demo", 1, 3, 6, false);
    NodeIdentity created = NodeEntry.identity(config, 0);

    assertThat(created.isFounding()).isTrue();
    assertThat(NodeEntry.identity(config, 0)).isEqualTo(created);
    created.asStarted().write(data);
    assertThat(NodeEntry.identity(config, 0).isFounding()).isFalse();
    assertThat(NodeEntry.identity(config, 0).dataId()).isEqualTo(created.dataId());
    assertThat(data.resolve("node.json")).content().contains("\"format\" : 3");
  }

  @Test
  void refusesDataOfAnotherNodeOrCluster() throws IOException {
    NodeEntry.identity(config("demo", 1, 3, 6, true), 0);
    String before = Files.readString(data.resolve("node.json"));

    assertRefused(config("other", 1, 3, 6, true), "holds data of cluster demo,");
    assertRefused(config("demo", 2, 3, 6, true), "holds data of node 1,");
    assertRefused(config("demo", 1, 3, 5, true), "holds data of raft-groups 6,");
    assertThat(data.resolve("node.json")).hasContent(before);
  }

  @Test
  void theNodesAreTheClustersBusinessOnceItHasBegun() throws IOException {
    NodeIdentity identity = NodeEntry.identity(config("demo", 1, 3, 6, false), 0);
    NodeConfig four = config("demo", 1, 4, 8, false);

    assertThat(NodeEntry.identity(four, 0)).isEqualTo(identity);
    assertThat(NodeEntry.placement(four, identity))
        .isEqualTo(config("demo", 1, 3, 6, false).placement());
  }

  @Test
  void takesOverTheFormatBeforeAndGivesItADataId() throws IOException {
    Files.writeString(data.resolve("node.json"), FORMAT_1);

    NodeIdentity identity = NodeEntry.identity(config("demo", 1, 3, 6, false), 0);

    assertThat(identity.dataId()).hasSize(36);
    assertThat(identity.isFounding()).isFalse();
    assertThat(NodeEntry.identity(config("demo", 1, 3, 6, false), 0)).isEqualTo(identity);
  }

  @Test
  void theFormatBeforeStillNeedsTheNodesThatItsClusterBeganWith() throws IOException {
    Files.writeString(data.resolve("node.json"), FORMAT_1);

    assertRefused(config("demo", 1, 4, 6, false), "holds data of nodes [1, 2, 3],");
    assertThat(data.resolve("node.json")).hasContent(FORMAT_1);
  }

  @Test
  void refusesAFormatOfALaterVersionAndNamesBoth() throws IOException {
    Files.writeString(data.resolve("node.json"), "{\"format\": 4, \"new\": true}");

    assertRefused(
        config("demo", 1, 3, 6, false),
        "has format version 4, and this version of Funes reads 1 to 3");
  }

  @Test
  void refusesADamagedFile() throws IOException {
    for (String damaged :
        List.of(
            "",
            "{",
            "[]",
            "{\"format\": 1}",
            "null",
            "{\"format\": 2}",
            "{\"format\": 3}",
            FORMAT_1.replace("1,", "2,"))) {
      Files.writeString(data.resolve("node.json"), damaged);

      assertRefused(config("demo", 1, 3, 6, false), "node.json: is damaged");
    }
  }

  @Test
  void doesWithoutOneOfTheTwoFilesAndMakesItAgain() throws IOException {
    NodeConfig config = config("demo", 1, 3, 6, false);
    NodeEntry.identity(config, 0).asStarted().write(data);
    NodeIdentity whole = NodeEntry.identity(config, 0);
    List<Path> both = List.of(data.resolve("node.json"), data.resolve("node.json.copy"));
    String content = Files.readString(both.getFirst());

    for (Path file : both) {
      for (int i = 0; i < content.length(); i++) {
        byte[] flipped = content.getBytes(StandardCharsets.UTF_8);
        flipped[i] ^= (byte) (1 << (i % 8));
        Files.write(file, flipped);
        assertThat(NodeEntry.identity(config, 0)).as("byte %d of %s", i, file).isEqualTo(whole);
        assertThat(file).hasContent(content);
      }
      Files.writeString(file, content.substring(0, content.length() / 2));
      assertThat(NodeEntry.identity(config, 0)).isEqualTo(whole);
      Files.delete(file);
      assertThat(NodeEntry.identity(config, 0)).isEqualTo(whole);
      assertThat(both).allSatisfy(each -> assertThat(each).hasContent(content));
    }

    for (Path file : both) {
      Files.writeString(file, content.replace("true", "false"));
    }
    assertRefused(config, "node.json.copy: is damaged");
  }

  @Test
  void refusesRaftLogsThatNobodyClaims() throws IOException {
    Files.createDirectories(data.resolve("raft/some"));

    assertRefused(config("demo", 1, 3, 6, false), "has Raft logs but no node.json");
  }

  private void assertRefused(NodeConfig config, String message) {
    assertThatThrownBy(() -> NodeEntry.identity(config, 0))
        .isInstanceOf(StartException.class)
        .hasMessageContaining(message);
  }

  private NodeConfig config(
      String cluster, int self, int nodeCount, int raftGroups, boolean raftGroupsGiven) {
    List<NodeEndpoint> nodes = new ArrayList<>();
    for (int id = 1; id <= nodeCount; id++) {
      nodes.add(new NodeEndpoint(new NodeId(id), "127.0.0.1", 7070 + id, 7170 + id));
    }
    return new NodeConfig(
        new NodeId(self),
        new Placement(cluster, nodes, 3, raftGroups),
        data,
        ApiLimits.DEFAULTS,
        ReplicaLimits.DEFAULTS,
        false,
        raftGroupsGiven,
        0);
  }
}
