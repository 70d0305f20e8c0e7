package dev.funes.replication;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.funes.cluster.NodeId;
import dev.funes.cluster.PartitionId;
import dev.funes.cluster.RaftGroupId;
import dev.funes.cluster.Topic;
import dev.funes.log.LogSettings;
import dev.funes.log.PartitionLog;
import dev.funes.log.PartitionLog.Fetch.Batches;
import dev.funes.record.LogRecord;
import dev.funes.record.RecordBatch;
import dev.funes.replication.Outcome.Appended;
import dev.funes.state.GroupOffset;
import dev.funes.state.StoredOffset;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three replicas in one JVM: the way of a record, and restarts on the way. */
class ReplicaTest {

  @TempDir Path directory;

  @Test
  void whatOneNodeAppendsAllNodesRead() throws Exception {
    try (ReplicaTrio trio = new ReplicaTrio(directory, ReplicaLimits.DEFAULTS)) {
      Topic topic = trio.createTopic("orders", 4, TestCommands.SMALL);

      for (int partition = 0; partition < 4; partition++) {
        assertThat(trio.append(topic, partition, TestCommands.batch("a", "b")))
            .isEqualTo(new Appended(0, false));
        assertThat(trio.append(topic, partition, TestCommands.batch("c")))
            .isEqualTo(new Appended(2, false));
      }

      for (Replica replica : trio.replicas().values()) {
        for (int partition = 0; partition < 4; partition++) {
          PartitionId id = topic.partition(partition);
          await()
              .atMost(ReplicaTrio.PATIENCE)
              .untilAsserted(
                  () -> assertThat(values(replica.log(id))).containsExactly("a", "b", "c"));
        }
      }
    }
  }

  @Test
  void topicsComeChangeAndGoOnEveryNode() throws Exception {
    ReplicaLimits limits = ReplicaLimits.DEFAULTS.withExpiry(200, 1_000_000);
    try (ReplicaTrio trio = new ReplicaTrio(directory, limits)) {
      Topic topic = trio.createTopic("orders", 2, TestCommands.SMALL);
      PartitionId id = topic.partition(0);
      trio.append(topic, 0, TestCommands.batch("a"));
      awaitOnEvery(
          trio, replica -> replica.log(id) != null && replica.log(topic.partition(1)) != null);

      LogSettings altered = new LogSettings(LogSettings.SEGMENT_BYTES_MIN, 2_000, 1_000, -1);
      assertThat(topicOutcome(trio, each -> each.alterTopic("orders", altered)))
          .isEqualTo(new TopicOutcome.Altered(new Topic("orders", topic.topicId(), 2, altered)));
      awaitOnEvery(
          trio,
          replica -> {
            PartitionLog log = replica.log(id);
            return log != null && log.settings().equals(altered);
          });

      // Its record was written with time 0 and is long past retention.
      awaitOnEvery(
          trio,
          replica -> {
            PartitionLog log = replica.log(id);
            return log != null && log.logStartOffset() == 1;
          });

      String consumerGroup = "shipping";
      GroupOffset offset = new GroupOffset(id.topicId(), 0, new StoredOffset(1, -1, "", 0));
      Outcome committed =
          trio.onAny(
              each ->
                  each.commitOffsets(consumerGroup, "", 0, List.of(offset)).join()
                          instanceof Outcome.Applied done
                      ? done
                      : null);
      assertThat(committed).isEqualTo(new Outcome.Done());
      assertThat(topicOutcome(trio, each -> each.deleteTopic("orders")))
          .isInstanceOf(TopicOutcome.Deleted.class);
      awaitOnEvery(trio, replica -> replica.log(id) == null && replica.view().topics().isEmpty());
      awaitOnEvery(trio, replica -> storedOffsets(replica, consumerGroup).isEmpty());

      Topic again = trio.createTopic("orders", 2, TestCommands.SMALL);
      assertThat(again.topicId()).isGreaterThan(topic.topicId());
      assertThat(trio.append(again, 0, TestCommands.batch("new")))
          .isEqualTo(new Appended(0, false));
    }
  }

  @Test
  void nothingAcknowledgedIsMissingAfterNodesWentAndCame() throws Exception {
    ReplicaLimits limits = ReplicaLimits.DEFAULTS.withCheckpoints(200_000, 2_000);
    Map<Integer, Map<Long, String>> acknowledged = new ConcurrentHashMap<>();
    Map<String, String> before;
    try (ReplicaTrio trio = new ReplicaTrio(directory, limits)) {
      Topic topic = trio.createTopic("orders", 4, TestCommands.SMALL);
      try (Load load = new Load(trio, topic, acknowledged)) {
        load.awaitAcknowledged(400);
        NodeId victim = leaderOf(trio, topic);
        trio.stop(victim);
        load.awaitAcknowledged(load.acknowledged() + 400);
        trio.start(victim);
        load.awaitAcknowledged(load.acknowledged() + 400);
      }
      before = trio.awaitEqualReplicas();
      assertHolds(trio, topic, acknowledged);

      trio.ids().forEach(trio::stop);
      trio.ids().forEach(trio::start);

      assertThat(trio.awaitEqualReplicas()).isEqualTo(before);
      assertHolds(trio, topic, acknowledged);
      assertThat(trio.append(topic, 0, TestCommands.batch("after"))).isInstanceOf(Appended.class);
    }
  }

  /** Idempotent producers, one a partition, that send a batch until they have its answer. */
  private static final class Load implements AutoCloseable {
    private final AtomicBoolean stopping = new AtomicBoolean();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Future<?>> running = new ArrayList<>();
    private final Map<Integer, Map<Long, String>> acknowledged;

    Load(ReplicaTrio trio, Topic topic, Map<Integer, Map<Long, String>> acknowledged) {
      this.acknowledged = acknowledged;
      for (int partition = 0; partition < topic.partitionCount(); partition++) {
        int own = partition;
        acknowledged.put(own, new ConcurrentHashMap<>());
        running.add(threads.submit(() -> produce(trio, topic, own)));
      }
    }

    private void produce(ReplicaTrio trio, Topic topic, int partition) {
      for (int sequence = 0; !stopping.get(); sequence++) {
        String value = partition + "/" + sequence + "x".repeat(500);
        Outcome outcome =
            trio.append(topic, partition, TestCommands.batch(100 + partition, 0, sequence, value));
        if (!(outcome instanceof Appended(long offset, _))) {
          throw new AssertionError("expected an offset for " + value + ", was " + outcome);
        }
        Map<Long, String> own = acknowledged.getOrDefault(partition, Map.of());
        assertThat(own.put(offset, value)).as("offset %d is given twice", offset).isNull();
      }
    }

    int acknowledged() {
      return acknowledged.values().stream().mapToInt(Map::size).sum();
    }

    void awaitAcknowledged(int count) {
      await()
          .atMost(ReplicaTrio.PATIENCE)
          .until(() -> acknowledged() >= count || running.stream().anyMatch(Future::isDone));
      assertThat(running).as("a producer failed").noneMatch(Future::isDone);
    }

    @Override
    public void close() {
      stopping.set(true);
      for (Future<?> each : running) {
        assertThat(each).succeedsWithin(ReplicaTrio.PATIENCE);
      }
      threads.shutdown();
    }
  }

  private static void assertHolds(
      ReplicaTrio trio, Topic topic, Map<Integer, Map<Long, String>> acknowledged) {
    for (Replica replica : trio.replicas().values()) {
      acknowledged.forEach(
          (partition, expected) -> {
            List<String> values = values(replica.log(topic.partition(partition)));
            Set<String> unique = new HashSet<>(values);
            assertThat(unique).as("no record is there twice").hasSize(values.size());
            new TreeMap<>(expected)
                .forEach(
                    (offset, value) ->
                        assertThat(values.get(offset.intValue()))
                            .as(
                                "node %s, partition %d, offset %d",
                                replica.self(), partition, offset)
                            .isEqualTo(value));
          });
    }
  }

  private static NodeId leaderOf(ReplicaTrio trio, Topic topic) {
    RaftGroupId group = trio.raftGroupOf(topic, 0);
    return trio.onAny(
        replica -> {
          DataGroup own = replica.dataGroup(group);
          return own != null && own.leads() ? replica.self() : null;
        });
  }

  private static TopicOutcome topicOutcome(
      ReplicaTrio trio, Function<Replica, CompletableFuture<TopicOutcome>> change) {
    return trio.onAny(
        replica -> {
          TopicOutcome outcome = change.apply(replica).join();
          return outcome instanceof TopicOutcome.NotLeader ? null : outcome;
        });
  }

  private static List<GroupOffset> storedOffsets(Replica replica, String consumerGroup) {
    List<GroupOffset> found = new ArrayList<>();
    for (DataGroup group : replica.dataGroups()) {
      found.addAll(group.state().offsets(consumerGroup));
    }
    return found;
  }

  private static void awaitOnEvery(ReplicaTrio trio, Predicate<Replica> condition) {
    await()
        .atMost(ReplicaTrio.PATIENCE)
        .until(() -> trio.replicas().values().stream().allMatch(condition));
  }

  private static List<String> values(@Nullable PartitionLog log) {
    List<String> values = new ArrayList<>();
    if (log == null) {
      return values;
    }
    long offset = log.logStartOffset();
    while (log.fetch(offset, 1 << 20) instanceof Batches found) {
      for (RecordBatch batch : RecordBatch.split(found.bytes())) {
        for (LogRecord each : batch.records(1 << 20)) {
          byte[] value = each.value();
          values.add(value == null ? "" : new String(value, UTF_8));
        }
      }
      offset = found.nextOffset();
    }
    return values;
  }
}
