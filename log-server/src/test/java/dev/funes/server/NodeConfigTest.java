package dev.funes.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.funes.cluster.NodeEndpoint;
import dev.funes.replication.GroupLimits;
import dev.funes.replication.ScrubLimits;
import dev.funes.server.grpc.ApiLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NodeConfigTest {
  private static final String THREE_NODES =
      """
      cluster: demo
      replication-factor: 3
      data: /var/lib/funes/node-{id}
      nodes:
        - {id: 1, host: 127.0.0.1, port: 7070, raft-port: 7080}
        - {id: 2, host: 127.0.0.1, port: 7071, raft-port: 7081}
        - {id: 3, host: 127.0.0.1, port: 7072, raft-port: 7082}
      """;

  @TempDir Path directory;

  @Test
  void readsThreeNodesFromAtMostTenLines() throws IOException {
    NodeConfig config = load(THREE_NODES, 2);

    assertThat(THREE_NODES.lines()).hasSizeLessThanOrEqualTo(10);
    assertThat(config.self().value()).isEqualTo(2);
    assertThat(config.endpoint().clientAddress()).isEqualTo("127.0.0.1:7071");
    assertThat(config.endpoint().raftPort()).isEqualTo(7081);
    assertThat(config.data()).isEqualTo(Path.of("/var/lib/funes/node-2"));
    assertThat(config.placement().clusterId()).isEqualTo("demo");
    assertThat(config.placement().dataRaftGroupCount()).isEqualTo(3);
    assertThat(config.limits()).isEqualTo(ApiLimits.DEFAULTS);
    assertThat(config.replicaLimits().checkpointBytes()).isEqualTo(256L << 20);
  }

  @Test
  void needsNothingButAClusterADirectoryAndNodes() throws IOException {
    NodeConfig config =
        load(
            """
            cluster: one
            data: data
            nodes: [{id: 7, host: localhost, port: 1, raft-port: 2}]
            """,
            7);

    assertThat(config.placement().replicationFactor()).isEqualTo(1);
    assertThat(config.placement().dataRaftGroupCount()).isEqualTo(3);
    assertThat(config.data()).isAbsolute();
  }

  @Test
  void readsThePortForEntriesOfTheNodeItself() throws IOException {
    String file = THREE_NODES.replace("raft-port: 7081", "raft-port: 7081, entries-port: 7091");

    assertThat(load(file, 2).entriesPort()).isEqualTo(7091);
    assertThat(load(file, 1).entriesPort()).isZero();
  }

  @Test
  void readsLimitsAndTimes() throws IOException {
    NodeConfig config =
        load(
            THREE_NODES
                + """
                raft-groups: 4
                checkpoint-bytes: 1048576
                scrub-bytes-per-second: 4096
                scrub-interval-millis: 5000
                read-check-millis: 0
                offset-history-millis: 60000
                offsets-retention-millis: 120000
                limits:
                  group-members-max: 7
                  offset-history-max: 8
                  bookmarks-max: 9
                  record-bytes-max: 2048
                  batch-bytes-max: 4096
                  partitions-max: 12
                  connections-max: 3
                  in-flight-bytes-max: 5000
                  fetch-bytes-max: 1048576
                """,
            1);

    assertThat(config.placement().dataRaftGroupCount()).isEqualTo(4);
    assertThat(config.replicaLimits().checkpointBytes()).isEqualTo(1 << 20);
    assertThat(config.replicaLimits().scrub()).isEqualTo(new ScrubLimits(4_096, 5_000, 0));
    assertThat(config.replicaLimits().partitionsMax()).isEqualTo(12);
    assertThat(config.replicaLimits().groups())
        .isEqualTo(new GroupLimits(7, 9, 8, 60_000, 120_000));
    assertThat(config.limits().recordBytesMax()).isEqualTo(2_048);
    assertThat(config.limits().batchBytesMax()).isEqualTo(4_096);
    assertThat(config.limits().connectionsMax()).isEqualTo(3);
    assertThat(config.limits().inFlightBytesMax()).isEqualTo(5_000);
    assertThat(config.limits().fetchBytesMax()).isEqualTo(1 << 20);
  }

  @Test
  void readsZones() throws IOException {
    NodeConfig config =
        load(THREE_NODES.replace("raft-port: 7081", "raft-port: 7081, zone: rack-2"), 1);
    assertThat(config.placement().nodes())
        .extracting(NodeEndpoint::zone)
        .containsExactly("", "rack-2", "");
  }

  @ParameterizedTest(name = "{0} -> {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "cluster: demo | cluter: demo | missing 'cluster'",
        "cluster: demo | cluster: de/mo | 'cluster' must be 1 to 100 of [a-zA-Z0-9._-]",
        "cluster: demo | cluster: [1] | 'cluster' must be text, was [1]",
        "replication-factor: 3 | replication-factor: 4 | 'replication-factor' is 4, more than the 3"
            + " nodes",
        "replication-factor: 3 | replication-factor: 0 | 'replication-factor' must be from 1 to",
        "replication-factor: 3 | replication-factor: three | 'replication-factor' must be a whole"
            + " number from 1 to",
        "replication-factor: 3 | replicas: 3 | unknown key 'replicas'; allowed here: cluster,",
        "replication-factor: 3 | limits: {record-bytes: 1} | unknown key 'limits.record-bytes';"
            + " allowed here: record-bytes-max,",
        "replication-factor: 3 | limits: 5 | 'limits' must be a mapping",
        "replication-factor: 3 | limits: {record-bytes-max: 3000000, batch-bytes-max: 2000000} |"
            + " 'limits.batch-bytes-max' must be from 3000000 to 4194304",
        "replication-factor: 3 | limits: {bookmarks-max: 0} | 'limits.bookmarks-max' must be from 1",
        "replication-factor: 3 | offset-history-millis: 7d | 'offset-history-millis' must be a whole",
        "replication-factor: 3 | offsets-retention-millis: 999 | 'offsets-retention-millis' must be"
            + " from 1000 to",
        "replication-factor: 3 | join: maybe | 'join' must be true or false, was",
        "data: | dato: | missing 'data'",
        "id: 2 | id: 1 | 'nodes[1].id' is 1, the id of nodes[0] too",
        "id: 2 | id: 0 | 'nodes[1].id' must be from 1 to 1000000, was 0",
        "id: 2, | | missing 'nodes[1].id'",
        "port: 7071 | port: 7070 | 'nodes[1].port' makes 127.0.0.1:7070, an address of nodes[0]"
            + " too",
        "raft-port: 7081 | raft-port: 7070 | 'nodes[1].raft-port' makes 127.0.0.1:7070, an address"
            + " of nodes[0] too",
        "raft-port: 7081 | raft-port: 70000 | 'nodes[1].raft-port' must be from 1 to 65535, was"
            + " 70000",
        "raft-port: 7081 | raft-port: 7081, entries-port: 7070 | 'nodes[1].entries-port' makes",
        "raft-port: 7081 | raft-port: 7081, entries-port: -1 | 'nodes[1].entries-port' must be from 0",
        "raft-port: 7081 | raft_port: 7081 | missing 'nodes[1].raft-port'",
        "raft-port: 7081 | raft-port: 7081, rack: a | unknown key 'nodes[1].rack'; allowed here:"
            + " id, host, port, raft-port",
        "raft-port: 7081 | raft-port: 7081, zone: a/b | 'nodes[1].zone' must be 1 to 249 of",
        "host: 127.0.0.1, port: 7071 | host: 'a b', port: 7071 | 'nodes[1].host' must be a host",
        "cluster: demo | { | cluster.yaml:",
      })
  void namesTheFileTheKeyAndWhatIsAllowed(String right, String wrong, String message)
      throws IOException {
    String text = THREE_NODES.replace(right, wrong == null ? "" : wrong);
    assertThat(text).isNotEqualTo(THREE_NODES);

    assertRefused(text, 1, message);
  }

  @Test
  void aNodeMayJoinByItsFileOrByItsCommand() throws IOException {
    assertThat(load(THREE_NODES, 1).join()).isFalse();
    assertThat(load(THREE_NODES + "join: true\n", 1).join()).isTrue();
    Path file = Files.writeString(directory.resolve("joining.yaml"), THREE_NODES);
    assertThat(NodeConfig.load(file, 1, true).join()).isTrue();
  }

  @Test
  void refusesAKeyThatStandsTwice() {
    assertRefused(THREE_NODES + "cluster: other\n", 1, "uplicate field 'cluster'");
  }

  @Test
  void refusesANodeThatIsNotInTheFile() {
    assertRefused(THREE_NODES, 4, "no node with id 4; 'nodes' has 1, 2, 3");
  }

  @Test
  void refusesWhatIsNoMapping() {
    assertRefused("", 1, "must be a mapping");
    assertRefused("- a\n- b\n", 1, "must be a mapping");
    assertRefused("nodes: []\ncluster: a\ndata: b\n", 1, "'nodes' must be a list of at least one");
  }

  @Test
  void refusesAMissingFileAndAHugeOne() throws IOException {
    assertThatThrownBy(() -> NodeConfig.load(directory.resolve("none.yaml"), 1))
        .isInstanceOf(StartException.class)
        .hasMessageEndingWith("none.yaml: no such file");
    Path huge = Files.write(directory.resolve("huge.yaml"), new byte[2 << 20]);
    assertThatThrownBy(() -> NodeConfig.load(huge, 1)).hasMessageContaining("is larger than");
  }

  private void assertRefused(String text, int node, String message) {
    assertThatThrownBy(() -> load(text, node))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("cluster.yaml")
        .hasMessageContaining(message)
        .message()
        .hasLineCount(1);
  }

  private NodeConfig load(String text, int node) throws IOException {
    return NodeConfig.load(Files.writeString(directory.resolve("cluster.yaml"), text), node);
  }
}
