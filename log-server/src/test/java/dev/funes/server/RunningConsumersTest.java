package dev.funes.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.funes.client.Admin;
import dev.funes.client.CommittedOffset;
import dev.funes.client.ConsumedRecord;
import dev.funes.client.Consumer;
import dev.funes.client.ResetOffset;
import dev.funes.client.ResetResult;
import dev.funes.client.ResetTo;
import dev.funes.client.Subscription;
import dev.funes.client.TopicPartition;
import dev.funes.client.TopicSettings;
import dev.funes.server.testing.FunesCluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Consumers that run are moved back and forth, and nobody has to stop. */
class RunningConsumersTest {
  @RegisterExtension static final FunesCluster CLUSTER = FunesCluster.ofNodes(3);

  private static final String TOPIC = "moved";
  private static final String GROUP = "movers";
  private static final int PARTITIONS = 4;
  private static final int RECORDS = 50;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Map<TopicPartition, List<Long>> delivered = new ConcurrentHashMap<>();
  private final List<Consumer> consumers = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();

  @AfterEach
  void stop() throws InterruptedException {
    consumers.forEach(Consumer::wakeup);
    for (Thread thread : threads) {
      thread.join();
    }
  }

  @Test
  void aResetIsACleanSeekAndSoIsItsUndo() {
    try (Admin admin = Admin.open(TestClients.config(CLUSTER.addresses()))) {
      admin.createTopic(TOPIC, PARTITIONS, TopicSettings.DEFAULTS);
      produce();
      run();
      run();
      await().atMost(PATIENCE).until(() -> committed(admin).equals(everywhere(RECORDS)));

      ResetResult reset = admin.resetOffsets(GROUP, List.of(), new ResetTo.Offset(20), false);
      assertThat(reset.offsets()).hasSize(PARTITIONS);
      assertThat(reset.offsets()).extracting(ResetOffset::readAgain).containsOnly(30L);
      List<Long> again = offsets(0, RECORDS);
      again.addAll(offsets(20, RECORDS));
      await().atMost(PATIENCE).untilAsserted(() -> assertDelivered(again));
      await().atMost(PATIENCE).until(() -> committed(admin).equals(everywhere(RECORDS)));

      admin.resetOffsets(GROUP, List.of(), new ResetTo.Start(), false);
      again.addAll(offsets(0, RECORDS));
      await().atMost(PATIENCE).untilAsserted(() -> assertDelivered(again));
      await().atMost(PATIENCE).until(() -> committed(admin).equals(everywhere(RECORDS)));

      ResetResult undo = admin.undoReset(GROUP, false);
      assertThat(undo.offsets()).extracting(ResetOffset::toOffset).containsOnly((long) RECORDS);
      admin.undoReset(GROUP, false);
      produce();
      again.addAll(offsets(RECORDS, 2 * RECORDS));
      await().atMost(PATIENCE).untilAsserted(() -> assertDelivered(again));
    }
  }

  private void run() {
    Consumer consumer = Consumer.open(TestClients.config(CLUSTER.addresses()), GROUP);
    consumer.subscribe(Subscription.to(TOPIC));
    consumers.add(consumer);
    Thread thread =
        new Thread(
            () -> {
              try (consumer) {
                consumer.listen(records -> records.forEach(this::deliver));
              }
            });
    threads.add(thread);
    thread.start();
  }

  private void deliver(ConsumedRecord consumed) {
    delivered
        .computeIfAbsent(consumed.topicPartition(), _ -> new CopyOnWriteArrayList<>())
        .add(consumed.offset());
  }

  /** To every partition exactly these, in this order, whichever member read them. */
  private void assertDelivered(List<Long> expected) {
    assertThat(delivered).hasSize(PARTITIONS);
    delivered.forEach(
        (partition, offsets) ->
            assertThat(offsets).as(partition.toString()).containsExactlyElementsOf(expected));
  }

  private static void produce() {
    List<String> values = IntStream.range(0, RECORDS).mapToObj(Integer::toString).toList();
    for (int partition = 0; partition < PARTITIONS; partition++) {
      TestClients.produce(CLUSTER.addresses(), TOPIC, partition, values);
    }
  }

  private static List<Long> committed(Admin admin) {
    return admin.committedOffsets(GROUP).stream().map(CommittedOffset::offset).toList();
  }

  private static List<Long> everywhere(long offset) {
    return LongStream.range(0, PARTITIONS).mapToObj(_ -> offset).toList();
  }

  private static List<Long> offsets(long from, long until) {
    return new ArrayList<>(LongStream.range(from, until).boxed().toList());
  }
}
