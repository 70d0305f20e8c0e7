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

      assertThat(cluster.commit(GROUP, leader, "a")).isEqualTo("0");
      assertThat(cluster.commit(GROUP, leader, "b")).isEqualTo("1");
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
      NodeId follower = cluster.otherThan(leader);
      await().atMost(PATIENCE).until(() -> leader.equals(cluster.node(follower).leader(GROUP)));

      Submission answer =
          cluster.node(follower).submit(GROUP, bytes("x")).get(30, TimeUnit.SECONDS);

      assertThat(answer).isEqualTo(new Submission.NotLeader(leader, false));
      assertThat(cluster.commit(GROUP, leader, "y")).as("x was surely not written").isEqualTo("0");
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
      cluster.commit(GROUP, first, "before");

      cluster.stopNode(first);
      NodeId second = cluster.awaitLeader(GROUP);
      cluster.commit(GROUP, second, "between");
      cluster.startNode(first);
      cluster.commit(GROUP, cluster.awaitLeader(GROUP), "after");

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
  void stopsTheNodeWhenApplyCannotWrite() throws Exception {
    try (TestCluster cluster = TestCluster.start(directory, 1)) {
      NodeId leader = cluster.awaitLeader(GROUP);
      cluster.commit(GROUP, leader, "fine");

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
      cluster.stopNode(cluster.otherThan(leader));

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
      cluster.commit(GROUP, first, "before");
      long term = cluster.node(first).status(GROUP).term();

      cluster.node(first).handOverLeads();

      assertThat(cluster.node(first).isLeaderReady(GROUP)).isFalse();
      NodeId second = cluster.awaitLeader(GROUP);
      assertThat(second).isNotEqualTo(first).isEqualTo(cluster.node(first).leader(GROUP));
      assertThat(cluster.node(second).status(GROUP).term()).isEqualTo(term + 1);
      cluster.commit(GROUP, second, "after");
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

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(UTF_8));
  }
}
