package dev.funes.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.funes.cluster.NodeId;
import dev.funes.cluster.RaftGroupId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(240)
class LeaderLossTest {

  // The first election comes after a fifth of the first to a quarter of the second. Later ones, by
  // silence alone, would come after more than anyone here waits.
  private static final int SILENCE_MILLIS_MIN = 40_000;
  private static final int SILENCE_MILLIS_MAX = 41_000;
  private static final Duration PATIENCE = Duration.ofSeconds(39);

  @TempDir private Path directory;

  /** Every raft group that the lost node led, and each time another one of three is lost. */
  @Test
  void electsAtOnceWhenTheLeaderIsGone() throws IOException {
    try (TestCluster cluster =
        TestCluster.start(directory, 3, 3, LeaderLossTest::electionsAreSlow)) {
      for (RaftGroupId group : cluster.placement().raftGroups()) {
        // The first election of all may fail, and the next one is as slow as they are made here.
        awaitLeader(cluster, group, PATIENCE.multipliedBy(3));
      }
      for (int turn = 0; turn < 3; turn++) {
        NodeId lost = awaitLeader(cluster, new RaftGroupId(1));

        cluster.stopNode(lost);

        for (RaftGroupId group : cluster.placement().raftGroups()) {
          assertThat(awaitLeader(cluster, group)).isNotEqualTo(lost);
        }
        cluster.startNode(lost);
      }
      assertThat(cluster.fatals()).isEmpty();
    }
  }

  private static RaftSettings electionsAreSlow(RaftSettings settings) {
    return settings.withElectionMillis(SILENCE_MILLIS_MIN, SILENCE_MILLIS_MAX);
  }

  private static NodeId awaitLeader(TestCluster cluster, RaftGroupId group) {
    return awaitLeader(cluster, group, PATIENCE);
  }

  private static NodeId awaitLeader(TestCluster cluster, RaftGroupId group, Duration patience) {
    return Objects.requireNonNull(
        await()
            .atMost(patience)
            .until(
                () -> leaders(cluster, group).findFirst().orElse(null), leader -> leader != null));
  }

  private static Stream<NodeId> leaders(TestCluster cluster, RaftGroupId group) {
    return cluster.up().stream().filter(id -> cluster.node(id).isLeaderReady(group));
  }
}
