package dev.funes.raft;

import static dev.funes.raft.TestCluster.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.funes.cluster.NodeId;
import dev.funes.cluster.RaftGroupId;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The end of a Raft log that is gone looks like a torn tail, and is cut like one. */
@Timeout(120)
class LostTailTest {

  private static final RaftGroupId GROUP = new RaftGroupId(1);
  private static final int BEFORE = 20;
  private static final int AFTER = 5;

  @TempDir private Path directory;

  /** Ratis by itself would tell it by heartbeats, for ever, that it has what it has lost. */
  @Test
  void aFollowerIsGivenAgainWhatItHadAndHasLost() throws Exception {
    try (TestCluster cluster = TestCluster.start(directory, 3)) {
      NodeId leader = cluster.awaitLeader(GROUP);
      NodeId follower = cluster.otherThan(leader);
      for (int i = 0; i < BEFORE; i++) {
        cluster.commit(GROUP, leader, "value-" + i);
      }
      await()
          .atMost(PATIENCE)
          .until(() -> cluster.state(follower, GROUP).applied().size() == BEFORE);

      cluster.stopNode(follower);
      cutInHalf(cluster.openRaftLog(follower, GROUP));
      // Else it would notice that what it has applied is gone, and not come back as it was.
      Files.delete(cluster.raftFiles(follower, GROUP).resolve(AppliedMark.FILE));
      // So many errors that its leader pauses before it tries again.
      for (int i = 0; i < AFTER; i++) {
        await().pollDelay(Duration.ofSeconds(1)).until(() -> true);
        cluster.commit(GROUP, leader, "later-" + i);
      }
      cluster.startNode(follower);

      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(cluster.state(follower, GROUP).applied())
                      .isEqualTo(cluster.state(leader, GROUP).applied())
                      .hasSize(BEFORE + AFTER));
      assertThat(cluster.node(leader).isLeaderReady(GROUP)).isTrue();
      assertThat(cluster.fatals()).isEmpty();
    }
  }

  private static void cutInHalf(Path log) throws IOException {
    byte[] bytes = Files.readAllBytes(log);
    int end = bytes.length;
    while (bytes[end - 1] == 0) {
      end--;
    }
    try (FileChannel file = FileChannel.open(log, StandardOpenOption.WRITE)) {
      file.truncate(end / 2);
    }
  }
}
