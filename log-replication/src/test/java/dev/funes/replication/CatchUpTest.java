package dev.funes.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.funes.cluster.NodeId;
import dev.funes.cluster.RaftGroupId;
import dev.funes.cluster.Topic;
import dev.funes.replication.Outcome.Appended;
import dev.funes.state.GroupOffset;
import dev.funes.state.StoredOffset;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
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

  @Test
  void aCopyGoesOnAfterTheNodeWasStopped() throws Exception {
    try (ReplicaTrio trio = new ReplicaTrio(directory, TINY_LOG)) {
      Topic topic = trio.createTopic("orders", 4, TestCommands.SMALL);
      write(trio, topic, 4);
      NodeId away = trio.ids().get(2);
      trio.stop(away);
      writeUntilPurged(trio, topic);

      for (int round = 0; round < 2; round++) {
        Halt halt = new Halt(30);
        trio.checkpoints.way = halt;
        trio.start(away);
        halt.awaitReached();
        CopyProgress progress = progress(trio.replica(away));
        assertThat(progress.doneBytes()).isPositive().isLessThan(progress.totalBytes());
        trio.stop(away);
      }
      trio.checkpoints.way = (_, _, bytes) -> bytes;
      trio.start(away);

      trio.awaitEqualReplicas();
    }
  }

  @Test
  void aNewLeaderIsAskedWhenTheOldOneDoesNotLeadAnyMore() throws Exception {
    try (ReplicaTrio trio = new ReplicaTrio(directory, TINY_LOG)) {
      Topic topic = trio.createTopic("orders", 4, TestCommands.SMALL);
      write(trio, topic, 4);
      NodeId away = trio.ids().get(2);
      trio.stop(away);
      writeUntilPurged(trio, topic);
      Halt halt = new Halt(10);
      trio.checkpoints.way = halt;
      trio.start(away);
      halt.awaitReached();
      CopyProgress before = progress(trio.replica(away));
      NodeId next = before.from().equals(trio.ids().get(0)) ? trio.ids().get(1) : trio.ids().get(0);
      RaftGroupId group = halted(trio.replica(away), trio, topic);

      lead(trio, group, next); // ends the copy that waits
      trio.checkpoints.way = (_, _, bytes) -> bytes;
      halt.goOn();

      trio.awaitEqualReplicas();
    }
  }

  @Test
  void aReplicaThatComesBackEmptyCopiesAllOfIt() throws Exception {
    try (ReplicaTrio trio = new ReplicaTrio(directory, TINY_LOG)) {
      Topic topic = trio.createTopic("orders", 4, TestCommands.SMALL);
      write(trio, topic, 4);
      NodeId away = trio.ids().get(2);
      trio.stop(away);
      writeUntilPurged(trio, topic);
      loseVotes(trio.data(away).resolve("raft"));

      trio.start(away);

      await().atMost(ReplicaTrio.PATIENCE).until(() -> trio.replica(away).dataGroups().size() == 2);
      trio.awaitEqualReplicas();
      assertThat(trio.checkpoints.described).isNotEmpty();
      lead(trio, trio.raftGroupOf(topic, 0), away);
      assertThat(trio.append(topic, 0, TestCommands.batch("by the new leader")))
          .isInstanceOf(Appended.class);
    }
  }

  @Test
  void theTopicsComeTheSameWay() throws Exception {
    try (ReplicaTrio trio = new ReplicaTrio(directory, TINY_LOG)) {
      trio.createTopic("first", 1, TestCommands.SMALL);
      NodeId away = trio.ids().get(2);
      trio.stop(away);
      for (int round = 0; round < 4; round++) {
        for (int i = 0; i < 8; i++) {
          trio.createTopic("topic-" + round + "-" + i, 1, TestCommands.SMALL);
        }
        lead(
            trio, RaftGroupId.METADATA, trio.ids().get(round % 2)); // begins a file of the Raft log
      }
      int count = createTopicsUntilPurged(trio, 33);

      trio.start(away);

      await()
          .atMost(ReplicaTrio.PATIENCE)
          .until(() -> trio.replica(away).view().topics().size() == count);
      assertThat(trio.checkpoints.described).contains(RaftGroupId.METADATA);
      trio.awaitEqualReplicas();
      lead(trio, RaftGroupId.METADATA, away);
      trio.createTopic("by the new leader".replace(' ', '-'), 1, TestCommands.SMALL);
      trio.stop(away);
      trio.start(away);
      await()
          .atMost(ReplicaTrio.PATIENCE)
          .until(() -> trio.replica(away).view().topics().size() == count + 1);
    }
  }

  /** Lets so many pieces pass, and holds the next until the copy is given up or goes on. */
  private static final class Halt implements LocalCheckpoints.Way {
    private final AtomicInteger left;
    private final CountDownLatch reached = new CountDownLatch(1);
    private final CountDownLatch goOn = new CountDownLatch(1);

    Halt(int pieces) {
      left = new AtomicInteger(pieces);
    }

    void awaitReached() throws InterruptedException {
      assertThat(reached.await(90, TimeUnit.SECONDS)).as("the copy got that far").isTrue();
    }

    void goOn() {
      goOn.countDown();
    }

    @Override
    public ByteBuffer pass(NodeId from, String file, ByteBuffer bytes) throws IOException {
      if (left.getAndDecrement() <= 0) {
        reached.countDown();
        try {
          goOn.await();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new IOException("interrupted", e);
        }
      }
      return bytes;
    }
  }

  /** Of the copy that has come furthest: two may run, and what halts them counts for both. */
  private static CopyProgress progress(Replica replica) {
    return replica.dataGroups().stream()
        .map(group -> replica.copying(group.id()))
        .filter(progress -> progress != null && progress.totalBytes() > 0)
        .max(Comparator.comparingLong(CopyProgress::doneBytes))
        .orElseThrow(() -> new AssertionError("nothing is copied"));
  }

  private static RaftGroupId halted(Replica replica, ReplicaTrio trio, Topic topic) {
    RaftGroupId first = trio.raftGroupOf(topic, 0);
    return replica.copying(first) != null ? first : trio.raftGroupOf(topic, 1);
  }

  /** Damage that costs a node its voice in its data raft groups. */
  private static void loseVotes(Path raft) throws IOException {
    try (Stream<Path> files = Files.walk(raft)) {
      for (Path file : files.filter(each -> each.endsWith("current/raft-meta")).toList()) {
        String metadata = RaftGroupId.METADATA.uuid("trio").toString();
        if (!file.toString().contains(metadata)) {
          Files.delete(file);
        }
      }
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

  /**
   * More than a file of the Raft log of each raft group, until the first one is gone everywhere.
   */
  private static void writeUntilPurged(ReplicaTrio trio, Topic topic) {
    write(trio, topic, 96);
    await()
        .atMost(ReplicaTrio.PATIENCE)
        .until(
            () -> {
              write(trio, topic, 4);
              for (NodeId node : trio.replicas().keySet()) {
                if (hasFirstFiles(trio.data(node).resolve("raft"))) {
                  return false;
                }
              }
              return true;
            });
  }

  /** One more each time that the metadata's Raft log still has what a node that was away lacks. */
  private static int createTopicsUntilPurged(ReplicaTrio trio, int known) {
    AtomicInteger count = new AtomicInteger(known);
    await()
        .atMost(ReplicaTrio.PATIENCE)
        .until(
            () -> {
              trio.createTopic("more-" + count.getAndIncrement(), 1, TestCommands.SMALL);
              for (NodeId node : trio.replicas().keySet()) {
                if (firstIndexOfMetadata(trio.data(node).resolve("raft")) < known / 2) {
                  return false;
                }
              }
              return true;
            });
    return count.get();
  }

  private static long firstIndexOfMetadata(Path raft) throws IOException {
    String metadata = RaftGroupId.METADATA.uuid("trio").toString();
    Pattern name = Pattern.compile("log_(?:inprogress_)?(\\d+)(?:-\\d+)?");
    try (Stream<Path> files = Files.walk(raft)) {
      return files
          .filter(file -> file.toString().contains(metadata))
          .map(file -> name.matcher(file.getFileName().toString()))
          .filter(Matcher::matches)
          .mapToLong(matcher -> Long.parseLong(matcher.group(1)))
          .min()
          .orElse(0);
    } catch (UncheckedIOException e) {
      return 0; // A file went away meanwhile.
    }
  }

  private static boolean hasFirstFiles(Path raft) throws IOException {
    String metadata = RaftGroupId.METADATA.uuid("trio").toString();
    try (Stream<Path> files = Files.walk(raft)) {
      return files
          .filter(file -> !file.toString().contains(metadata))
          .anyMatch(file -> file.getFileName().toString().matches("log_(0-.*|inprogress_0)"));
    } catch (UncheckedIOException e) {
      return true; // A file went away meanwhile.
    }
  }
}
