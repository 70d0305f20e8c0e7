package dev.funes.raft;

import static dev.funes.raft.TestCluster.PATIENCE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.funes.cluster.NodeId;
import dev.funes.cluster.RaftGroupId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** To whom a leader gives its lead: who has the entries, but has yet to apply them, cannot lead. */
@Timeout(120)
class LeadHeirTest {

  private static final RaftGroupId GROUP = new RaftGroupId(1);
  private static final int ENTRIES = 400;

  @TempDir private Path directory;

  @Test
  void theLeadGoesToAReplicaOnlyWhenItHasApplied() throws Exception {
    try (TestCluster cluster = TestCluster.start(directory, 3)) {
      NodeId leader = cluster.awaitLeader(GROUP);
      NodeId heir = cluster.otherThan(leader);
      cluster
          .node(leader)
          .askAppliedIndexes(
              (node, id) ->
                  CompletableFuture.completedFuture(cluster.node(node).status(id).appliedIndex()));
      CountDownLatch applies = new CountDownLatch(1);
      cluster.state(heir, GROUP).holdApplies(applies);
      try {
        submit(cluster, leader, ENTRIES);
        await()
            .atMost(PATIENCE)
            .until(() -> cluster.node(leader).status(GROUP).keepsUp(heir, 10_000));

        assertThatThrownBy(() -> transfer(cluster, leader, heir))
            .hasCauseInstanceOf(ReplicaBehindException.class)
            .hasMessageFindingMatch(
                "raft group 1: node " + heir + " has yet to apply \\d{3} entries");
        assertThat(cluster.node(leader).isLeaderReady(GROUP)).isTrue();
      } finally {
        applies.countDown();
      }

      await().atMost(PATIENCE).until(() -> cluster.state(heir, GROUP).applied().size() == ENTRIES);
      transfer(cluster, leader, heir);
      await().atMost(PATIENCE).until(() -> cluster.node(heir).isLeaderReady(GROUP));
    }
  }

  @Test
  void theLeadStaysWhenAReplicaDoesNotSayWhatItHasApplied() throws Exception {
    try (TestCluster cluster = TestCluster.start(directory, 3)) {
      NodeId leader = cluster.awaitLeader(GROUP);
      NodeId heir = cluster.otherThan(leader);

      cluster
          .node(leader)
          .askAppliedIndexes(
              (_, _) -> CompletableFuture.failedFuture(new IOException("connection refused")));
      assertThatThrownBy(() -> transfer(cluster, leader, heir))
          .hasCauseInstanceOf(RaftUnavailableException.class)
          .hasMessageContaining("node " + heir + " does not say what it has applied")
          .hasRootCauseMessage("connection refused");
      cluster
          .node(leader)
          .askAppliedIndexes(
              (_, _) -> {
                throw new IllegalStateException("the node closes");
              });
      assertThatThrownBy(() -> transfer(cluster, leader, heir))
          .hasRootCauseMessage("the node closes");

      assertThat(cluster.node(leader).isLeaderReady(GROUP)).isTrue();
    }
  }

  private static void transfer(TestCluster cluster, NodeId leader, NodeId heir) throws Exception {
    cluster.node(leader).transferLeadership(GROUP, heir).get(30, TimeUnit.SECONDS);
  }

  private static void submit(TestCluster cluster, NodeId leader, int count) throws Exception {
    List<CompletableFuture<Submission>> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      all.add(cluster.node(leader).submit(GROUP, ByteBuffer.wrap(("value-" + i).getBytes(UTF_8))));
    }
    for (CompletableFuture<Submission> one : all) {
      assertThat(one.get(30, TimeUnit.SECONDS)).isInstanceOf(Submission.Committed.class);
    }
  }
}
