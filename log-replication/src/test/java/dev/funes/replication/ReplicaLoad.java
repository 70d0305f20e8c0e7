package dev.funes.replication;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.funes.cluster.Topic;
import dev.funes.log.PartitionLog;
import dev.funes.log.PartitionLog.Fetch.Batches;
import dev.funes.record.LogRecord;
import dev.funes.record.RecordBatch;
import dev.funes.replication.Outcome.Appended;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** Idempotent producers, one a partition, that send a batch until they have its answer. */
final class ReplicaLoad implements AutoCloseable {
  private final AtomicBoolean stopping = new AtomicBoolean();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<Future<?>> running = new ArrayList<>();
  private final Map<Integer, Map<Long, String>> acknowledged;

  /**
   * @param acknowledged is given what was acknowledged: value by offset by partition
   */
  ReplicaLoad(ReplicaTrio trio, Topic topic, Map<Integer, Map<Long, String>> acknowledged) {
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

  void awaitMore(int count) {
    awaitAcknowledged(acknowledged() + count);
  }

  void awaitAcknowledged(int count) {
    await()
        .atMost(ReplicaTrio.PATIENCE)
        .until(() -> acknowledged() >= count || running.stream().anyMatch(Future::isDone));
    assertThat(running).as("a producer failed").noneMatch(Future::isDone);
  }

  /** Every replica of a partition that is there has what was acknowledged, once. */
  static void assertHolds(
      ReplicaTrio trio, Topic topic, Map<Integer, Map<Long, String>> acknowledged) {
    for (Replica replica : trio.replicas().values()) {
      acknowledged.forEach(
          (partition, expected) -> {
            PartitionLog log = replica.log(topic.partition(partition));
            if (log == null) {
              return;
            }
            List<String> values = values(log);
            assertThat(new HashSet<>(values)).as("no record is there twice").hasSize(values.size());
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

  static List<String> values(@Nullable PartitionLog log) {
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

  @Override
  public void close() {
    stopping.set(true);
    for (Future<?> each : running) {
      assertThat(each).succeedsWithin(ReplicaTrio.PATIENCE);
    }
    threads.shutdown();
  }
}
