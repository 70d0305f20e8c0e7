package dev.funes.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.funes.cluster.NodeId;
import dev.funes.cluster.RaftGroupId;
import dev.funes.cluster.Topic;
import dev.funes.replication.Outcome.Appended;
import dev.funes.state.GroupOffset;
import dev.funes.state.StoredOffset;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node that was away for longer than the Raft logs are kept. */
class CatchUpTest {

  private static final String VALUE = "x".repeat(250_000);

  /** A Raft log that is purged as soon as a checkpoint is there, and one every 2 MB. */
  private static final ReplicaLimits TINY_LOG =
      ReplicaLimits.DEFAULTS.withCheckpoints(2_000_000, 1_000).withCatchUp(1, 1, 1L << 30);

  @TempDir Path directory;

  @Test
  void itCopiesTheCheckpointsAndThenLeadsAndServes() throws Exception {
    try (ReplicaTrio trio = new ReplicaTrio(directory, TINY_LOG)) {
      Topic topic = trio.createTopic("orders", 4, TestCommands.SMALL);
      write(trio, topic, 4);
      NodeId away = trio.ids().get(2);
      trio.stop(away);
      Topic another = trio.createTopic("payments", 2, TestCommands.SMALL);
      trio.onAny(
          replica ->
              replica
                          .commitOffsets(
                              "shipping",
                              "",
                              0,
                              List.of(
                                  new GroupOffset(
                                      topic.topicId(), 0, new StoredOffset(1, -1, "", 0))))
                          .join()
                      instanceof Outcome.Applied applied
                  ? applied
                  : null);
      writeUntilPurged(trio, topic);
      write(trio, another, 2);

      trio.start(away);
      write(trio, topic, 4); // while it copies

      trio.awaitEqualReplicas();
      assertThat(trio.checkpoints.reads).isNotEmpty();
      for (RaftGroupId group :
          List.of(trio.raftGroupOf(topic, 0), trio.raftGroupOf(topic, 1), RaftGroupId.METADATA)) {
        lead(trio, group, away);
      }
      assertThat(trio.append(topic, 0, TestCommands.batch("by the new leader")))
          .isInstanceOf(Appended.class);
      trio.createTopic("last", 1, TestCommands.SMALL);
      trio.awaitEqualReplicas();
    }
  }

  private static void lead(ReplicaTrio trio, RaftGroupId group, NodeId node) {
    await()
        .atMost(ReplicaTrio.PATIENCE)
        .until(
            () -> {
              NodeId leader = trio.replica(node).leader(group);
              if (node.equals(leader)) {
                return true;
              }
              if (leader != null) {
                trio.replica(leader)
                    .transferLeadership(group, node)
                    .exceptionally(_ -> null)
                    .get(20, TimeUnit.SECONDS);
              }
              return false;
            });
  }

  private static void write(ReplicaTrio trio, Topic topic, int batches) {
    for (int i = 0; i < batches; i++) {
      trio.append(topic, i % topic.partitionCount(), TestCommands.batch(VALUE));
    }
  }

  /** More than two files of the Raft log of each raft group. */
  private static void writeUntilPurged(ReplicaTrio trio, Topic topic) {
    write(trio, topic, 160);
  }
}
