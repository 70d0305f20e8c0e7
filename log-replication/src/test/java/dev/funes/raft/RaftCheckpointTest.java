package dev.funes.raft;

import static dev.funes.raft.TestCluster.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.funes.cluster.NodeId;
import dev.funes.cluster.RaftGroupId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a checkpoint lets a node drop of its Raft log, and what it then starts from. */
@Timeout(120)
class RaftCheckpointTest {

  private static final RaftGroupId GROUP = new RaftGroupId(1);

  @TempDir private Path directory;

  @Test
  void appliesAgainFromTheCheckpointOn() throws Exception {
    NodeId one = new NodeId(1);
    TestCluster cluster = TestCluster.start(directory, 1);
    try (cluster) {
      cluster.awaitLeader(GROUP);
      for (int i = 0; i < 10; i++) {
        cluster.commit(GROUP, one, "v" + i);
      }
      ListState state = cluster.state(one, GROUP);
      cluster.node(one).triggerCheckpoint(GROUP).get(30, TimeUnit.SECONDS);
      await().atMost(PATIENCE).until(() -> !state.latestCheckpoint().isNone());
      cluster.commit(GROUP, one, "v10");
      long checkpoint = state.latestCheckpoint().index();
      assertThat(checkpoint).isEqualTo(10);

      cluster.stopNode(one);
      assertThat(state.isClosed()).isTrue();
      cluster.startNode(one);
      cluster.awaitLeader(GROUP);

      ListState restarted = cluster.state(one, GROUP);
      assertThat(restarted.firstIndexApplied()).isEqualTo(checkpoint + 1);
      assertThat(restarted.applied()).hasSize(11).startsWith("v0").endsWith("v10");
      assertThat(cluster.fatals()).isEmpty();
    }
  }

  @Test
  void keepsTheRaftLogBehindTheCheckpointAsFarAsItIsTold() throws Exception {
    NodeId one = new NodeId(1);
    try (TestCluster cluster = TestCluster.start(directory, 1)) {
      cluster.awaitLeader(GROUP);
      cluster.state(one, GROUP).purgeBehind(45); // A file has seven or eight entries.
      fill(cluster, one, 50);
      checkpoint(cluster, one);
      assertThat(purgedUpTo(cluster, one)).as("within the bound").isEqualTo(0);

      // Restart: the checkpoint is now far above the bound, and Ratis must bear it.
      cluster.stopNode(one);
      cluster.startNode(one);
      cluster.awaitLeader(GROUP);
      cluster.state(one, GROUP).purgeBehind(40);
      fill(cluster, one, 10);
      checkpoint(cluster, one);
      assertThat(purgedUpTo(cluster, one)).isBetween(1L, 30L);

      cluster.state(one, GROUP).purgeBehind(10);
      fill(cluster, one, 10);
      checkpoint(cluster, one);
      assertThat(purgedUpTo(cluster, one)).isBetween(31L, 65L);
      assertThat(cluster.state(one, GROUP).applied()).hasSize(73);
      assertThat(cluster.fatals()).isEmpty();
    }
  }

  @Test
  void dropsMostOfTheRaftLogThatACheckpointCoversWhenItStarts() throws Exception {
    NodeId one = new NodeId(1);
    try (TestCluster cluster = TestCluster.start(directory, 1)) {
      cluster.awaitLeader(GROUP);
      fill(cluster, one, 60);
      checkpoint(cluster, one);
      fill(cluster, one, 60);
      assertThat(purgedUpTo(cluster, one)).isEqualTo(0);

      cluster.stopNode(one);
      cluster.startNode(one);
      cluster.awaitLeader(GROUP);
      assertThat(firstKept(cluster, one)).as("too little is covered").isEqualTo(0);

      fill(cluster, one, 10);
      checkpoint(cluster, one);
      cluster.stopNode(one);
      cluster.startNode(one);
      cluster.awaitLeader(GROUP);
      // 132 MiB are covered, in files of up to 8 MiB, and 64 MiB of them stay.
      assertThat(firstKept(cluster, one)).isBetween(55L, 80L);
      cluster.commit(GROUP, one, "last");
      assertThat(cluster.state(one, GROUP).applied()).hasSize(132).endsWith("last");
      assertThat(cluster.fatals()).isEmpty();
    }
  }

  @Test
  void keepsNoMoreOfWhatItAppliesAgainInMemoryThanTheFilesAtHand() throws Exception {
    try (TestCluster cluster = TestCluster.start(directory, 3)) {
      NodeId leader = cluster.awaitLeader(GROUP);
      NodeId follower = cluster.otherThan(leader);
      fill(cluster, leader, 60);
      await().atMost(PATIENCE).until(() -> cluster.state(follower, GROUP).applied().size() == 60);

      cluster.stopNode(follower);
      cluster.startNode(follower);

      await().atMost(PATIENCE).until(() -> cluster.state(follower, GROUP).applied().size() == 60);
      assertThat(cluster.state(follower, GROUP).firstIndexApplied()).isZero();
      await().atMost(PATIENCE).until(() -> cluster.node(follower).cachedFiles(GROUP) <= 1);
      assertThat(cluster.fatals()).isEmpty();
    }
  }

  @Test
  void purgesTheRaftLogOfAnIdleRaftGroupToo() throws Exception {
    NodeId one = new NodeId(1);
    try (TestCluster cluster = TestCluster.start(directory, 1)) {
      cluster.awaitLeader(GROUP);
      fill(cluster, one, 25);
      checkpoint(cluster, one);
      assertThat(firstKept(cluster, one)).isEqualTo(0);

      cluster.state(one, GROUP).purgeBehind(0);
      cluster.node(one).triggerCheckpoint(GROUP).get(30, TimeUnit.SECONDS);

      await().atMost(PATIENCE).until(() -> firstKept(cluster, one) > 0);
      assertThat(cluster.fatals()).isEmpty();
    }
  }

  @Test
  void asksForACheckpointWhenItWasAwayForMoreThanTheRaftLogHolds() throws Exception {
    try (TestCluster cluster = TestCluster.start(directory, 3)) {
      NodeId leader = cluster.awaitLeader(GROUP);
      NodeId away = cluster.otherThan(leader);
      cluster.commit(GROUP, leader, "before");
      cluster.stopNode(away);
      fill(cluster, leader, 3);

      // A checkpoint alone takes nothing from the Raft log, so the node catches up from it.
      checkpoint(cluster, leader);
      cluster.startNode(away);
      await().atMost(PATIENCE).until(() -> cluster.state(away, GROUP).applied().size() == 4);
      assertThat(cluster.fatals()).isEmpty();

      cluster.stopNode(away);
      for (NodeId up : cluster.up()) {
        cluster.state(up, GROUP).purgeBehind(0);
      }
      fill(cluster, leader, 25);
      for (NodeId up : cluster.up()) {
        await().atMost(PATIENCE).until(() -> cluster.state(up, GROUP).applied().size() == 29);
        checkpoint(cluster, up);
      }
      cluster.startNode(away);

      await().atMost(PATIENCE).until(() -> cluster.state(away, GROUP).asked() > 0);
      // What it has may be applied, when it hears that it is committed; nothing is passed over.
      assertThat(cluster.state(away, GROUP).applied()).hasSizeLessThanOrEqualTo(4);
      assertThat(cluster.fatals()).isEmpty();
    }
  }

  @Test
  void goesOverToACheckpointThatTheNextLeaderDoesNotAskFor() throws Exception {
    try (TestCluster cluster = TestCluster.start(directory, 3)) {
      NodeId leader = cluster.awaitLeader(GROUP);
      NodeId away = cluster.otherThan(leader);
      cluster.commit(GROUP, leader, "before");
      cluster.stopNode(away);
      NodeId next = cluster.otherThan(leader);
      cluster.state(leader, GROUP).purgeBehind(0); // The next one keeps all of its Raft log.
      fill(cluster, leader, 25);
      checkpoint(cluster, leader);
      await().atMost(PATIENCE).until(() -> firstKept(cluster, leader) > 2);
      cluster.startNode(away);
      ListState state = cluster.state(away, GROUP);
      CompletableFuture<@Nullable TermIndexed> fetch = new CompletableFuture<>();
      state.fetchBy(fetch);
      await().atMost(PATIENCE).until(state::isFetchBegun);

      cluster.node(leader).transferLeadership(GROUP, next).get(30, TimeUnit.SECONDS);
      await().atMost(PATIENCE).until(() -> next.equals(cluster.node(away).leader(GROUP)));
      ListState source = cluster.state(leader, GROUP);
      Files.copy(source.file(), state.file());
      fetch.complete(source.latestCheckpoint());

      cluster.commit(GROUP, next, "after");
      await().atMost(PATIENCE).until(() -> state.applied().size() == 27);
      assertThat(state.applied()).startsWith("before").endsWith("after");
      assertThat(cluster.fatals()).isEmpty();
    }
  }

  @Test
  void asksForACheckpointWhenTheRaftLogOfTheLeaderBeginsJustBehindItsOwn() throws Exception {
    try (TestCluster cluster = TestCluster.start(directory, 3)) {
      NodeId leader = cluster.awaitLeader(GROUP);
      NodeId away = cluster.otherThan(leader);
      cluster.commit(GROUP, leader, "before");
      await().atMost(PATIENCE).until(() -> cluster.state(away, GROUP).applied().size() == 1);
      long last = cluster.node(away).status(GROUP).lastIndex();
      cluster.stopNode(away);
      NodeId next = cluster.otherThan(leader);
      // Another term begins another file, and a checkpoint lets go of the first.
      cluster.node(leader).transferLeadership(GROUP, next).get(30, TimeUnit.SECONDS);
      cluster.awaitLeader(GROUP);
      cluster.commit(GROUP, next, "after");
      for (NodeId up : List.of(leader, next)) {
        cluster.state(up, GROUP).purgeBehind(0);
        await().atMost(PATIENCE).until(() -> cluster.state(up, GROUP).applied().size() == 2);
        checkpoint(cluster, up);
        await().atMost(PATIENCE).until(() -> firstKept(cluster, up) == last + 1);
      }

      cluster.startNode(away);
      ListState source = cluster.state(next, GROUP);
      ListState state = cluster.state(away, GROUP);
      Files.copy(source.file(), state.file());
      state.fetchBy(CompletableFuture.completedFuture(source.latestCheckpoint()));

      await().atMost(PATIENCE).until(() -> state.applied().size() == 2);
      assertThat(state.isFetchBegun()).isTrue();
      cluster.commit(GROUP, next, "last");
      await().atMost(PATIENCE).until(() -> state.applied().contains("last"));
      assertThat(cluster.fatals()).isEmpty();
    }
  }

  private static void fill(TestCluster cluster, NodeId node, int count) throws Exception {
    String large = "x".repeat(1 << 20);
    for (int i = 0; i < count; i++) {
      cluster.commit(GROUP, node, large);
    }
  }

  private static void checkpoint(TestCluster cluster, NodeId node) throws Exception {
    long applied = cluster.node(node).status(GROUP).appliedIndex();
    cluster.node(node).triggerCheckpoint(GROUP).get(30, TimeUnit.SECONDS);
    await()
        .atMost(PATIENCE)
        .until(() -> cluster.state(node, GROUP).latestCheckpoint().index() >= applied);
  }

  /** First Raft index that is in a file, when no file has gone for some steps. */
  private static long purgedUpTo(TestCluster cluster, NodeId node) throws Exception {
    long kept;
    do {
      kept = firstKept(cluster, node);
      Thread.sleep(5 * GradualPurge.STEP_MILLIS);
    } while (kept != firstKept(cluster, node));
    // Commands pass through the worker that deletes files, so what was asked before is done.
    cluster.commit(GROUP, node, "settle");
    return firstKept(cluster, node);
  }

  private static long firstKept(TestCluster cluster, NodeId node) throws IOException {
    try (Stream<Path> files = Files.list(cluster.raftFiles(node, GROUP).resolve("current"))) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.matches("log_\\d+-\\d+|log_inprogress_\\d+"))
          .mapToLong(name -> Long.parseLong(name.replaceAll("log_(inprogress_)?(\\d+).*", "$2")))
          .min()
          .orElseThrow();
    }
  }
}
