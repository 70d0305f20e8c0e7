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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class RaftNodeTest {

  private static final RaftGroupId GROUP = new RaftGroupId(1);

  @TempDir private Path directory;

  @Test
  void keepsTheOrderOfEachThreadAndTheSameListOnEveryNode() throws Exception {
    try (TestCluster cluster = TestCluster.start(directory, 3)) {
      NodeId leader = cluster.awaitLeader(GROUP);
      List<CompletableFuture<Submission>> submitted = new ArrayList<>();
      List<Thread> threads = new ArrayList<>();
      for (int t = 0; t < 4; t++) {
        String name = "thread-" + t + "-";
        threads.add(
            Thread.ofPlatform()
                .start(
                    () -> {
                      for (int i = 0; i < 100; i++) {
                        CompletableFuture<Submission> one =
                            cluster.node(leader).submit(GROUP, bytes(name + i));
                        synchronized (submitted) {
                          submitted.add(one);
                        }
                      }
                    }));
      }
      for (Thread thread : threads) {
        thread.join();
      }

      for (CompletableFuture<Submission> one : submitted) {
        assertThat(one.get(30, TimeUnit.SECONDS)).isInstanceOf(Submission.Committed.class);
      }
      List<String> list = cluster.state(leader, GROUP).applied();
      assertThat(list).hasSize(400);
      for (int t = 0; t < 4; t++) {
        String name = "thread-" + t + "-";
        assertThat(list.stream().filter(s -> s.startsWith(name)).toList())
            .isEqualTo(Stream.iterate(0, i -> i + 1).limit(100).map(i -> name + i).toList());
      }
      for (NodeId node : cluster.up()) {
        await()
            .atMost(PATIENCE)
            .untilAsserted(() -> assertThat(cluster.state(node, GROUP).applied()).isEqualTo(list));
      }
      assertThat(cluster.fatals()).isEmpty();
    }
  }

  @Test
  void answersWithWhatApplyReturned() throws Exception {
    try (TestCluster cluster = TestCluster.start(directory, 1)) {
      NodeId leader = cluster.awaitLeader(GROUP);

      assertThat(submit(cluster, leader, "a")).isEqualTo("0");
      assertThat(submit(cluster, leader, "b")).isEqualTo("1");
      cluster.node(leader).readBarrier(GROUP).get(30, TimeUnit.SECONDS);

      RaftGroupStatus status = cluster.node(leader).status(GROUP);
      assertThat(status.leader()).isEqualTo(leader);
      assertThat(status.leaderReady()).isTrue();
      assertThat(status.appliedIndex()).isEqualTo(status.lastIndex()).isEqualTo(2);
      assertThat(status.committedIndex()).isEqualTo(2);
      assertThat(status.followers()).isEmpty();
    }
  }

  @Test
  void namesTheLeaderWhenAFollowerRefuses() throws Exception {
    try (TestCluster cluster = TestCluster.start(directory, 3)) {
      NodeId leader = cluster.awaitLeader(GROUP);
      NodeId follower = other(cluster, leader);
      await().atMost(PATIENCE).until(() -> leader.equals(cluster.node(follower).leader(GROUP)));

      Submission answer =
          cluster.node(follower).submit(GROUP, bytes("x")).get(30, TimeUnit.SECONDS);

      assertThat(answer).isEqualTo(new Submission.NotLeader(leader, false));
      assertThat(submit(cluster, leader, "y")).as("x was surely not written").isEqualTo("0");
      cluster.node(follower).readBarrier(GROUP).get(30, TimeUnit.SECONDS);
      assertThat(cluster.state(follower, GROUP).applied()).containsExactly("y");
      assertThat(cluster.node(leader).status(GROUP).followers())
          .extracting(RaftGroupStatus.Follower::node)
          .containsExactlyInAnyOrderElementsOf(
              cluster.up().stream().filter(id -> !id.equals(leader)).toList());
    }
  }

  @Test
  void goesOnWithoutItsLeaderAndTakesItBack() throws Exception {
    try (TestCluster cluster = TestCluster.start(directory, 3)) {
      NodeId first = cluster.awaitLeader(GROUP);
      submit(cluster, first, "before");

      cluster.stopNode(first);
      NodeId second = cluster.awaitLeader(GROUP);
      submit(cluster, second, "between");
      cluster.startNode(first);
      submit(cluster, cluster.awaitLeader(GROUP), "after");

      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(cluster.state(first, GROUP).applied())
                      .containsExactly("before", "between", "after"));
      assertThat(cluster.state(second, GROUP).leadership().getFirst()).isTrue();
      assertThat(cluster.fatals()).isEmpty();
    }
  }

  @Test
  void appliesAgainFromTheCheckpointOn() throws Exception {
    NodeId one = new NodeId(1);
    TestCluster cluster = TestCluster.start(directory, 1);
    try (cluster) {
      cluster.awaitLeader(GROUP);
      for (int i = 0; i < 10; i++) {
        submit(cluster, one, "v" + i);
      }
      ListState state = cluster.state(one, GROUP);
      cluster.node(one).triggerCheckpoint(GROUP).get(30, TimeUnit.SECONDS);
      await().atMost(PATIENCE).until(() -> !state.latestCheckpoint().isNone());
      submit(cluster, one, "v10");
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
      cluster.state(one, GROUP).purgeBehind(40);
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
      submit(cluster, one, "last");
      assertThat(cluster.state(one, GROUP).applied()).hasSize(132).endsWith("last");
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
      NodeId away = other(cluster, leader);
      submit(cluster, leader, "before");
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
  void stopsTheNodeWhenApplyCannotWrite() throws Exception {
    try (TestCluster cluster = TestCluster.start(directory, 1)) {
      NodeId leader = cluster.awaitLeader(GROUP);
      submit(cluster, leader, "fine");

      CompletableFuture<Submission> answer =
          cluster.node(leader).submit(GROUP, bytes(ListState.POISON));

      await().atMost(PATIENCE).until(() -> !cluster.fatals().isEmpty());
      assertThat(cluster.fatals().getFirst())
          .isEqualTo(
              "raft group 1 cannot apply index 2: NoSuchFileException: /data/groups/1/segment.log");
      assertThat(answer.get(30, TimeUnit.SECONDS)).isNotInstanceOf(Submission.Committed.class);
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(cluster.fatals())
                      .contains("raft group 1 of this node has stopped by itself"));
    }
  }

  @Test
  void answersUnknownWhenThereIsNoQuorum() throws Exception {
    // Elections slow enough that the leader still leads after the other node is down.
    try (TestCluster cluster =
        TestCluster.start(
            directory,
            2,
            1,
            settings -> settings.withProposalMillisMax(500).withElectionMillis(4_000, 8_000))) {
      NodeId leader = cluster.awaitLeader(GROUP);
      cluster.stopNode(other(cluster, leader));

      Submission answer = cluster.node(leader).submit(GROUP, bytes("x")).get(30, TimeUnit.SECONDS);

      switch (answer) {
        case Submission.Unknown(String why) -> assertThat(why).contains("500 ms");
        case Submission.NotLeader(NodeId now, boolean outcomeUnknown) ->
            assertThat(outcomeUnknown).as("leader %s", now).isTrue();
        default -> throw new AssertionError("expected an unknown outcome, was " + answer);
      }
      assertThatThrownBy(() -> cluster.node(leader).readBarrier(GROUP).get(30, TimeUnit.SECONDS))
          .hasCauseInstanceOf(RaftUnavailableException.class);
    }
  }

  @Test
  void refusesACommandThatDoesNotFitAndTakesTheGreatestThatDoes() throws Exception {
    try (TestCluster cluster = TestCluster.start(directory, 1)) {
      NodeId leader = cluster.awaitLeader(GROUP);
      RaftNode node = cluster.node(leader);

      Submission tooLarge =
          node.submit(GROUP, ByteBuffer.allocate(RaftSettings.COMMAND_BYTES_MAX + 1))
              .get(30, TimeUnit.SECONDS);
      Submission fits =
          node.submit(GROUP, ByteBuffer.allocate(RaftSettings.COMMAND_BYTES_MAX))
              .get(30, TimeUnit.SECONDS);

      assertThat(tooLarge).isInstanceOf(Submission.Refused.class);
      assertThat(tooLarge.toString()).contains("limit of " + RaftSettings.COMMAND_BYTES_MAX);
      assertThat(fits).isInstanceOf(Submission.Committed.class);
    }
  }

  @Test
  void movesEachLeaderToWhereItBelongs() throws Exception {
    try (TestCluster cluster =
        TestCluster.start(directory, 3, 3, settings -> settings.withBalanceMillis(500))) {
      for (RaftGroupId group : cluster.node(new NodeId(1)).raftGroups()) {
        NodeId preferred = cluster.placement().preferredLeader(group);
        await().atMost(PATIENCE).until(() -> cluster.node(preferred).isLeaderReady(group));
      }
      assertThat(cluster.fatals()).isEmpty();
    }
  }

  @Test
  void givesItsLeadAwayWithoutAnElectionTimeout() throws Exception {
    try (TestCluster cluster = TestCluster.start(directory, 3)) {
      NodeId first = cluster.awaitLeader(GROUP);
      submit(cluster, first, "before");
      long term = cluster.node(first).status(GROUP).term();

      cluster.node(first).handOverLeads();

      assertThat(cluster.node(first).isLeaderReady(GROUP)).isFalse();
      NodeId second = cluster.awaitLeader(GROUP);
      assertThat(second).isNotEqualTo(first).isEqualTo(cluster.node(first).leader(GROUP));
      assertThat(cluster.node(second).status(GROUP).term()).isEqualTo(term + 1);
      submit(cluster, second, "after");
      assertThat(cluster.state(second, GROUP).applied()).containsExactly("before", "after");
    }
  }

  @Test
  void keepsItsLeadWhenNobodyElseCouldTakeIt() throws Exception {
    try (TestCluster cluster = TestCluster.start(directory, 1)) {
      NodeId only = cluster.awaitLeader(GROUP);

      cluster.node(only).handOverLeads();

      assertThat(cluster.node(only).isLeaderReady(GROUP)).isTrue();
    }
  }

  @Test
  void saysWhyItCannotStart() throws Exception {
    try (TestCluster cluster = TestCluster.start(directory, 1)) {
      assertThatThrownBy(
              () ->
                  RaftNode.start(
                      RaftSettings.in(directory.resolve("second")),
                      cluster.placement().nodes().getFirst(),
                      cluster::placement,
                      (message, cause) -> {},
                      group -> {}))
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith("node 1 cannot start its raft groups on 127.0.0.1:")
          .hasMessageContaining("in use");
    }
  }

  private static void fill(TestCluster cluster, NodeId node, int count) throws Exception {
    String large = "x".repeat(1 << 20);
    for (int i = 0; i < count; i++) {
      submit(cluster, node, large);
    }
  }

  private static void checkpoint(TestCluster cluster, NodeId node) throws Exception {
    long applied = cluster.node(node).status(GROUP).appliedIndex();
    cluster.node(node).triggerCheckpoint(GROUP).get(30, TimeUnit.SECONDS);
    await()
        .atMost(PATIENCE)
        .until(() -> cluster.state(node, GROUP).latestCheckpoint().index() >= applied);
  }

  /** First Raft index that is in a file, after the purge has had time to settle. */
  private static long purgedUpTo(TestCluster cluster, NodeId node) throws Exception {
    // Commands pass through the worker that deletes files, so what was asked before is done.
    submit(cluster, node, "settle");
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

  private static NodeId other(TestCluster cluster, NodeId not) {
    return cluster.up().stream().filter(id -> !id.equals(not)).findFirst().orElseThrow();
  }

  private static String submit(TestCluster cluster, NodeId node, String command) throws Exception {
    Submission answer = cluster.node(node).submit(GROUP, bytes(command)).get(30, TimeUnit.SECONDS);
    if (answer instanceof Submission.Committed(ByteBuffer reply)) {
      return UTF_8.decode(reply).toString();
    }
    throw new AssertionError("expected it committed, was " + answer);
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(UTF_8));
  }
}
