package dev.funes.raft;

import static dev.funes.raft.TestCluster.PATIENCE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.funes.cluster.NodeId;
import dev.funes.cluster.RaftGroupId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.ratis.grpc.server.GrpcServicesImpl;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.util.CodeInjectionForTesting;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class VotersTest {

  private static final RaftGroupId GROUP = new RaftGroupId(1);

  @TempDir private Path directory;

  /**
   * A leader that has nothing to send would tell a follower with an empty log for ever that it
   * knows better what the follower has, were the follower not removed and added anew.
   */
  @Test
  void anEmptyReplicaCatchesUpWhileNothingIsWritten() throws Exception {
    try (TestCluster cluster = TestCluster.start(directory, 3)) {
      NodeId leader = cluster.awaitLeader(GROUP);
      NodeId lost = cluster.otherThan(leader);
      for (int i = 0; i < 20; i++) {
        assertThat(submit(cluster, leader, "value-" + i)).isInstanceOf(Submission.Committed.class);
      }

      lose(cluster, leader, lost);
      assertThat(cluster.node(leader).voters(GROUP).nodes()).doesNotContain(lost).hasSize(2);
      cluster.add(cluster.node(lost), lost, GROUP, List.of());
      assertThat(cluster.node(lost).voters(GROUP)).isEqualTo(RaftVoters.NONE);
      cluster.node(leader).addVoter(GROUP, cluster.endpoint(lost)).get(60, TimeUnit.SECONDS);

      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(cluster.state(lost, GROUP).applied())
                      .isEqualTo(cluster.state(leader, GROUP).applied())
                      .hasSize(20));
      assertThat(cluster.node(leader).voters(GROUP).are(cluster.placement().replicas(GROUP)))
          .isTrue();
      assertThat(cluster.left()).isEmpty();
      assertThat(cluster.fatals()).isEmpty();
    }
  }

  /** Ratis by itself would say for ever that a checkpoint is on its way. */
  @Test
  void aVoterThatIsAddedBeforeItsRaftLogIsOpenCatchesUp() throws Exception {
    try (TestCluster cluster = TestCluster.start(directory, 3)) {
      NodeId leader = cluster.awaitLeader(GROUP);
      NodeId lost = cluster.otherThan(leader);
      assertThat(submit(cluster, leader, "value")).isInstanceOf(Submission.Committed.class);
      lose(cluster, leader, lost);

      CompletableFuture<Void> added = cluster.node(leader).addVoter(GROUP, cluster.endpoint(lost));
      cluster.add(cluster.node(lost), lost, GROUP, List.of(), 3_000);

      added.get(60, TimeUnit.SECONDS);
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () -> assertThat(cluster.state(lost, GROUP).applied()).containsExactly("value"));
    }
  }

  /** Ratis by itself would send nothing more to it, and the change would never end. */
  @Test
  void aVoterCatchesUpAlsoWhenSendingToItHasFailed() throws Exception {
    try (TestCluster cluster = TestCluster.start(directory, 3)) {
      NodeId leader = cluster.awaitLeader(GROUP);
      NodeId added = cluster.otherThan(leader);
      assertThat(submit(cluster, leader, "value")).isInstanceOf(Submission.Committed.class);
      lose(cluster, leader, added);
      cluster.add(cluster.node(added), added, GROUP, List.of());

      AtomicInteger failures = new AtomicInteger();
      CodeInjectionForTesting.put(
          GrpcServicesImpl.GRPC_SEND_SERVER_REQUEST,
          (_, _, arguments) -> {
            if (arguments[0] instanceof AppendEntriesRequestProto append
                && append.getInitializing()
                && failures.getAndIncrement() == 0) {
              throw new IllegalStateException("as Ratis throws now and then");
            }
            return true;
          });
      try {
        cluster.node(leader).addVoter(GROUP, cluster.endpoint(added)).get(60, TimeUnit.SECONDS);
      } finally {
        CodeInjectionForTesting.remove(GrpcServicesImpl.GRPC_SEND_SERVER_REQUEST);
      }

      assertThat(failures.get()).isPositive();
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () -> assertThat(cluster.state(added, GROUP).applied()).containsExactly("value"));
    }
  }

  @Test
  void aVoterThatIsRemovedIsToldAndStops() throws Exception {
    try (TestCluster cluster = TestCluster.start(directory, 3)) {
      NodeId leader = cluster.awaitLeader(GROUP);
      NodeId other = cluster.otherThan(leader);

      cluster.node(leader).removeVoter(GROUP, other).get(30, TimeUnit.SECONDS);

      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(cluster.left())
                      .containsExactly("node " + other + ", raft group " + GROUP));
      assertThat(submit(cluster, leader, "goes on")).isInstanceOf(Submission.Committed.class);
      cluster.node(other).removeRaftGroup(GROUP);
      assertThat(cluster.node(other).raftGroups()).containsExactly(RaftGroupId.METADATA);
      assertThat(cluster.fatals()).isEmpty();
    }
  }

  /** The raft group and its files go from a node, which is no voter any more. */
  private void lose(TestCluster cluster, NodeId leader, NodeId lost) throws Exception {
    cluster.node(lost).removeRaftGroup(GROUP);
    deleteTree(cluster.raftFiles(lost, GROUP));
    cluster.node(leader).removeVoter(GROUP, lost).get(30, TimeUnit.SECONDS);
    Files.deleteIfExists(directory.resolve("node-" + lost).resolve("checkpoint-" + GROUP));
  }

  private static Submission submit(TestCluster cluster, NodeId leader, String text)
      throws Exception {
    return cluster
        .node(leader)
        .submit(GROUP, ByteBuffer.wrap(text.getBytes(UTF_8)))
        .get(30, TimeUnit.SECONDS);
  }

  private static void deleteTree(Path tree) throws IOException {
    try (Stream<Path> files = Files.walk(tree)) {
      files
          .sorted(Comparator.reverseOrder())
          .forEach(
              file -> {
                try {
                  Files.delete(file);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
    }
  }
}
