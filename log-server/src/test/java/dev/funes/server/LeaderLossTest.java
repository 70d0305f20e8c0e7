package dev.funes.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.funes.client.Admin;
import dev.funes.client.ConsumedRecord;
import dev.funes.client.Producer;
import dev.funes.client.RecordPosition;
import dev.funes.client.TopicPartition;
import dev.funes.client.TopicSettings;
import dev.funes.cluster.PartitionId;
import dev.funes.cluster.Topic;
import dev.funes.log.Digest;
import dev.funes.log.PartitionLog;
import dev.funes.server.testing.FunesCluster;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Nodes go and come back while records are written. */
class LeaderLossTest {
  private static final int PARTITIONS = 6;
  private static final int ENOUGH = 1_000;

  @RegisterExtension final FunesCluster cluster = FunesCluster.ofNodes(3);

  @Test
  void nothingAcknowledgedIsLostOrDoubledAndTheReplicasAreEqual() throws InterruptedException {
    try (Admin admin = Admin.open(TestClients.config(cluster.addresses()))) {
      admin.createTopic("events", PARTITIONS, TopicSettings.DEFAULTS);
    }
    Map<String, RecordPosition> acknowledged = new ConcurrentHashMap<>();
    try (Producer producer = Producer.open(TestClients.config(cluster.addresses()));
        Load load = Load.start(producer, acknowledged)) {
      for (int node = 1; node <= 3; node++) {
        // Every node leads something, so each of these takes leaders away under load.
        load.awaitMore(ENOUGH);
        cluster.kill(node);
        load.awaitMore(ENOUGH);
        cluster.restart(node);
        cluster.awaitLeaders();
      }
      load.awaitMore(ENOUGH);
      load.stop();
      assertThat(load.failures()).isEmpty();
      assertThat(acknowledged).hasSize(load.sentCount());
    }

    Set<TopicPartition> partitions = new HashSet<>();
    for (int partition = 0; partition < PARTITIONS; partition++) {
      partitions.add(new TopicPartition("events", partition));
    }
    List<ConsumedRecord> read = TestClients.consume(cluster.addresses(), partitions);
    assertThat(read).hasSize(acknowledged.size()); // no more than were acknowledged: nothing twice
    assertThat(read)
        .allSatisfy(
            record -> {
              RecordPosition position = acknowledged.get(TestClients.value(record));
              assertThat(position).isNotNull();
              if (position != null) {
                assertThat(position.offset()).isEqualTo(record.offset());
                assertThat(position.partition()).isEqualTo(record.partition());
              }
            });
    assertOrdered(read);
    await().atMost(Duration.ofSeconds(30)).untilAsserted(this::assertReplicasAreEqual);
  }

  private static void assertOrdered(List<ConsumedRecord> read) {
    Map<Integer, Integer> last = new HashMap<>();
    for (ConsumedRecord record : read) {
      int number = Integer.parseInt(TestClients.value(record).substring("event ".length()));
      Integer before = last.put(record.partition(), number);
      assertThat(before == null ? -1 : before).as("before %s", record).isLessThan(number);
    }
  }

  private void assertReplicasAreEqual() {
    Topic topic = cluster.node(1).replica().view().topic("events");
    assertThat(topic).isNotNull();
    if (topic == null) {
      return;
    }
    for (int partition = 0; partition < PARTITIONS; partition++) {
      Set<Digest> digests = new HashSet<>();
      for (FunesNode node : cluster.nodes()) {
        digests.add(digest(node, topic.partition(partition)));
      }
      assertThat(digests).as("partition %d", partition).hasSize(1);
    }
  }

  private static Digest digest(FunesNode node, PartitionId partition) {
    PartitionLog log = node.replica().log(partition);
    if (log == null) {
      throw new AssertionError("expected " + partition + " on node " + node.config().self());
    }
    return log.digest();
  }

  /** Writes numbered events without a pause until it is told to stop. */
  private static final class Load implements AutoCloseable {
    private static final int IN_FLIGHT_MAX = 300;

    private final Producer producer;
    private final Map<String, RecordPosition> acknowledged;
    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private final Semaphore room = new Semaphore(IN_FLIGHT_MAX);
    private final Thread writer = Thread.ofVirtual().unstarted(this::write);
    private volatile boolean stopped;
    private volatile int sent;

    private Load(Producer producer, Map<String, RecordPosition> acknowledged) {
      this.producer = producer;
      this.acknowledged = acknowledged;
    }

    static Load start(Producer producer, Map<String, RecordPosition> acknowledged) {
      Load load = new Load(producer, acknowledged);
      load.writer.start();
      return load;
    }

    void awaitMore(int count) {
      int enough = acknowledged.size() + count;
      await().atMost(Duration.ofSeconds(60)).until(() -> acknowledged.size() >= enough);
    }

    void stop() throws InterruptedException {
      stopped = true;
      writer.join();
      producer.flush();
      room.acquire(IN_FLIGHT_MAX);
    }

    int sentCount() {
      return sent;
    }

    Queue<Throwable> failures() {
      return failures;
    }

    @Override
    public void close() {
      stopped = true;
    }

    private void write() {
      for (int i = 0; !stopped; i++) {
        String value = "event " + i;
        room.acquireUninterruptibly();
        sent = i + 1;
        var _ =
            producer
                .send(TestClients.record("events", i % PARTITIONS, value))
                .whenComplete(
                    (position, failure) -> {
                      if (failure == null) {
                        acknowledged.put(value, position);
                      } else {
                        failures.add(failure);
                      }
                      room.release();
                    });
      }
    }
  }
}
