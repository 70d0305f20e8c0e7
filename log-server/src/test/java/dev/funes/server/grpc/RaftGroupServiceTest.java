package dev.funes.server.grpc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.funes.client.Admin;
import dev.funes.client.ClientConfig;
import dev.funes.client.Producer;
import dev.funes.client.ProducerRecord;
import dev.funes.client.TopicSettings;
import dev.funes.cluster.NodeEndpoint;
import dev.funes.cluster.NodeId;
import dev.funes.cluster.RaftGroupId;
import dev.funes.replication.CheckpointFile;
import dev.funes.replication.CheckpointListing;
import dev.funes.replication.Replica;
import dev.funes.replication.ReplicaLimits;
import dev.funes.server.testing.FunesCluster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A checkpoint read from another node. */
class RaftGroupServiceTest {
  private static final NodeId NODE = new NodeId(1);

  @RegisterExtension
  static final FunesCluster cluster =
      FunesCluster.ofNodes(1).with(ReplicaLimits.DEFAULTS.withCheckpoints(1, 1));

  @Test
  void aCheckpointIsListedAndReadFromAnyPosition() throws IOException {
    RaftGroupId group = write();
    try (Peers peers = new Peers(replica()::placement)) {
      PeerCheckpoints checkpoints = new PeerCheckpoints(peers);
      await().atMost(Duration.ofSeconds(60)).until(() -> checkpoints.describe(NODE, group) != null);
      CheckpointListing listing = checkpoints.describe(NODE, group);
      if (listing == null) {
        throw new AssertionError("expected a checkpoint");
      }
      assertThat(listing.files()).isNotEmpty();
      for (CheckpointFile file : listing.files()) {
        byte[] whole = read(checkpoints, group, listing.index(), file.name(), 0);
        assertThat((long) whole.length).isEqualTo(file.sizeBytes());
        CRC32C crc = new CRC32C();
        crc.update(whole);
        assertThat((int) crc.getValue()).as(file.name()).isEqualTo(file.crc32c());
        assertThat(read(checkpoints, group, listing.index(), file.name(), whole.length / 2))
            .hasSize(whole.length - whole.length / 2);
      }
    }
  }

  @Test
  void whatIsNotThereIsOneClearError() throws IOException {
    RaftGroupId group = write();
    try (Peers peers = new Peers(replica()::placement)) {
      PeerCheckpoints checkpoints = new PeerCheckpoints(peers);
      await().atMost(Duration.ofSeconds(60)).until(() -> checkpoints.describe(NODE, group) != null);
      CheckpointListing listing = checkpoints.describe(NODE, group);
      if (listing == null) {
        throw new AssertionError("expected a checkpoint");
      }
      long index = listing.index();
      assertThatThrownBy(() -> read(checkpoints, group, index, "../../node.json", 0))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("has no file ../../node.json");
      assertThatThrownBy(() -> read(checkpoints, group, index + 1_000_000, "manifest", 0))
          .hasMessageContaining("is not kept any more");
      assertThatThrownBy(() -> read(checkpoints, new RaftGroupId(999), 1, "manifest", 0))
          .hasMessageContaining("raft group 999");
      assertThat(checkpoints.describe(NODE, new RaftGroupId(999))).isNull();
      assertThatThrownBy(() -> checkpoints.describe(new NodeId(9), group))
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void aReplicaSaysWhatItHasApplied() throws Exception {
    RaftGroupId group = write();
    NodeEndpoint self = replica().placement().node(NODE);
    if (self == null) {
      throw new AssertionError("expected the node");
    }
    try (RaftGroupPeers peers = new RaftGroupPeers()) {
      long applied = peers.appliedIndex(self, group).get(30, TimeUnit.SECONDS);
      assertThat(applied).isPositive().isLessThanOrEqualTo(replica().status(group).appliedIndex());
      assertThatThrownBy(
              () -> peers.appliedIndex(self, new RaftGroupId(999)).get(30, TimeUnit.SECONDS))
          .hasMessageContaining("raft group 999 has no replica on this node");
    }
  }

  private static byte[] read(
      PeerCheckpoints checkpoints, RaftGroupId group, long index, String name, long position)
      throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    checkpoints.read(
        NODE,
        group,
        index,
        name,
        position,
        bytes -> {
          byte[] piece = new byte[bytes.remaining()];
          bytes.get(piece);
          out.writeBytes(piece);
        });
    return out.toByteArray();
  }

  private static Replica replica() {
    return cluster.node(1).replica();
  }

  /** The raft group that it goes to. */
  private static RaftGroupId write() {
    ClientConfig config = ClientConfig.builder().servers(cluster.addresses()).build();
    try (Admin admin = Admin.open(config);
        Producer producer = Producer.open(config)) {
      if (replica().view().topic("events") == null) {
        admin.createTopic("events", 1, TopicSettings.DEFAULTS);
      }
      byte[] value = "value".getBytes(UTF_8);
      for (int i = 0; i < 5; i++) {
        producer
            .send(new ProducerRecord("events", 0, value, value, List.of(), ProducerRecord.NOW))
            .join();
      }
    }
    var topic = replica().view().topic("events");
    if (topic == null) {
      throw new AssertionError("expected the topic");
    }
    return replica().placement().raftGroupOf(topic.partition(0));
  }
}
