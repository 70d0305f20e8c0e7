package dev.funes.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.funes.cluster.NodeId;
import dev.funes.cluster.Placement;
import dev.funes.cluster.RaftGroupId;
import dev.funes.cluster.Topic;
import dev.funes.raft.RaftGroupDirectory;
import dev.funes.raft.RaftSettings;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A replica with a damaged file comes back whole, by itself, while the others go on. */
@Timeout(300)
class RejoinTest {

  private static final NodeId VICTIM = new NodeId(3);
  private static final RaftGroupId FIRST = new RaftGroupId(1);

  @TempDir private Path directory;

  /** What is done to the node while it is down. */
  private interface Damaging {
    void to(Path data, String clusterId) throws IOException;
  }

  @Test
  void damageOfTheRaftLog() throws Exception {
    heals(
        List.of(
            (data, cluster) -> flip(logFile(data, cluster, FIRST), 200),
            (data, cluster) -> Files.delete(logFile(data, cluster, new RaftGroupId(2)))));
  }

  /** Nothing that is left is wrong, but there was more: the node had acknowledged it. */
  @Test
  void theEndOfTheRaftLogIsGone() throws Exception {
    heals(
        List.of(
            (data, cluster) -> cutInHalf(logFile(data, cluster, FIRST)),
            (data, cluster) -> cutInHalf(logFile(data, cluster, RaftGroupId.METADATA))));
  }

  @Test
  void aBitOfTheVoteAndOneOfTheVotersIsWrong() throws Exception {
    heals(
        List.of(
            (data, cluster) -> flip(current(data, cluster, FIRST).resolve("raft-meta"), 9),
            (data, cluster) ->
                flip(current(data, cluster, new RaftGroupId(2)).resolve("raft-meta.conf"), 30)));
  }

  @Test
  void damageOfTermVoteAndVoters() throws Exception {
    heals(
        List.of(
            (data, cluster) -> Files.delete(current(data, cluster, FIRST).resolve("raft-meta")),
            (data, cluster) ->
                Files.write(
                    current(data, cluster, new RaftGroupId(2)).resolve("raft-meta"), new byte[0])));
  }

  @Test
  void damageOfACheckpoint() throws Exception {
    heals(
        List.of(
            (data, cluster) -> flip(find(data.resolve("groups/1/checkpoints"), "manifest"), 30),
            (data, cluster) ->
                Files.delete(find(data.resolve("groups/2/checkpoints"), "CURRENT"))));
  }

  @Test
  void damageOfASegmentBeforeTheCheckpoint() throws Exception {
    heals(
        List.of(
            (data, cluster) -> truncate(find(data.resolve("groups/1/partitions"), ".log"), 10)));
  }

  @Test
  void damageOfTheMetadata() throws Exception {
    heals(
        List.of(
            (data, cluster) -> flip(logFile(data, cluster, RaftGroupId.METADATA), 100),
            (data, cluster) -> flip(logFile(data, cluster, FIRST), 200)));
  }

  private void heals(List<Damaging> kinds) throws Exception {
    Map<Integer, Map<Long, String>> acknowledged = new ConcurrentHashMap<>();
    ReplicaLimits limits = ReplicaLimits.DEFAULTS.withCheckpoints(100_000, 1_000);
    try (ReplicaTrio trio = new ReplicaTrio(directory, limits)) {
      Topic topic = trio.createTopic("orders", 4, TestCommands.SMALL);
      try (ReplicaLoad load = new ReplicaLoad(trio, topic, acknowledged)) {
        load.awaitAcknowledged(300);
        trio.stop(VICTIM);
        for (Damaging each : kinds) {
          each.to(trio.data(VICTIM), "trio");
        }
        load.awaitMore(100);
        trio.start(VICTIM);
        load.awaitMore(200);
      }
      for (RaftGroupId group : trio.replica(VICTIM).placement().raftGroups()) {
        MembershipTest.awaitVoters(trio, group);
      }
      trio.awaitEqualReplicas();
      ReplicaLoad.assertHolds(trio, topic, acknowledged);
      try (Stream<Path> aside = Files.list(trio.data(VICTIM).resolve("set-aside"))) {
        assertThat(aside).hasSize(kinds.size());
      }
      // It is a replica like any other now, with the next start too.
      trio.stop(VICTIM);
      trio.start(VICTIM);
      trio.awaitEqualReplicas();
    }
  }

  /** Without other replicas there is nothing to come back from. */
  @Test
  void aDamagedOnlyReplicaIsRefusedAndLeftAlone() throws Exception {
    Path data = directory.resolve("alone");
    Placement placement;
    try (ReplicaTrio trio = new ReplicaTrio(directory, ReplicaLimits.DEFAULTS)) {
      placement = new Placement("alone", List.of(trio.endpoint(5)), 1, 1);
    }
    ReplicaConfig config =
        new ReplicaConfig(
            new NodeId(5), placement, data, ReplicaLimits.DEFAULTS, InstantSource.system());
    RaftSettings settings = RaftSettings.in(data.resolve("raft")).withElectionMillis(600, 1_200);
    Replica.start(config, settings, (message, cause) -> {}).close();
    Path meta = current(data, "alone", FIRST).resolve("raft-meta");
    Files.write(meta, new byte[] {1, 2, 3});

    assertThatThrownBy(() -> Replica.start(config, settings, (message, cause) -> {}))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("raft-meta")
        .hasMessageContaining("cannot be read");
    assertThat(meta).hasBinaryContent(new byte[] {1, 2, 3});
    assertThat(data.resolve("set-aside")).doesNotExist();
  }

  private static Path current(Path data, String clusterId, RaftGroupId group) {
    return RaftGroupDirectory.of(data.resolve("raft"), clusterId, group).path().resolve("current");
  }

  private static Path logFile(Path data, String clusterId, RaftGroupId group) {
    return find(current(data, clusterId, group), "log_");
  }

  private static Path find(Path root, String part) {
    try (Stream<Path> files = Files.walk(root)) {
      return files
          .filter(file -> String.valueOf(file.getFileName()).contains(part))
          .filter(Files::isRegularFile)
          .max(Comparator.comparing(Path::toString))
          .orElseThrow(() -> new AssertionError("no file " + part + " in " + root));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void flip(Path file, int position) throws IOException {
    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
      bytes.seek(position);
      int was = bytes.read();
      bytes.seek(position);
      bytes.write(was ^ 0x55);
    }
  }

  private static void cutInHalf(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    int end = bytes.length;
    while (bytes[end - 1] == 0) {
      end--;
    }
    truncate(file, end / 2);
  }

  private static void truncate(Path file, int size) throws IOException {
    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
      bytes.setLength(size);
    }
  }
}
