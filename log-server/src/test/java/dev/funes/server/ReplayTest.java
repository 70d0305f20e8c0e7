package dev.funes.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.funes.client.Admin;
import dev.funes.client.ClientConfig;
import dev.funes.client.ConsumedRecord;
import dev.funes.client.Consumer;
import dev.funes.client.Cut;
import dev.funes.client.ErrorCode;
import dev.funes.client.FunesException;
import dev.funes.client.LogPosition;
import dev.funes.client.OffsetOutOfRangeException;
import dev.funes.client.Producer;
import dev.funes.client.ProducerRecord;
import dev.funes.client.RecordPosition;
import dev.funes.client.Replay;
import dev.funes.client.ReplayRange;
import dev.funes.client.TopicPartition;
import dev.funes.client.TopicSettings;
import dev.funes.server.testing.FunesCluster;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A range of several partitions comes in one order, the same every time. */
class ReplayTest {
  @RegisterExtension static final FunesCluster CLUSTER = FunesCluster.ofNodes(3);

  private static final long START = 1_700_000_000_000L;

  private final long seed = Long.getLong("funes.seed", System.nanoTime());
  private final Random random = new Random(seed);
  private Admin admin;

  @BeforeEach
  void open() {
    System.out.println("seed " + seed);
    admin = Admin.open(config());
  }

  @AfterEach
  void close() {
    admin.close();
  }

  @Test
  void mergesByTimeAndIsTheSameEveryTime() {
    List<String> topics = List.of("replay-a", "replay-b");
    fill("replay-a", 3, 2_000);
    fill("replay-b", 2, 1_000);
    ReplayRange all = everything(topics);

    List<ConsumedRecord> first = read(all);

    assertThat(first).hasSize(3_000).isEqualTo(merged(first));
    assertThat(read(all)).isEqualTo(first);
  }

  @Test
  void readsOnePartitionAfterTheOther() {
    fill("replay-ordered", 4, 500);
    ReplayRange range =
        everything(List.of("replay-ordered")).withOrder(ReplayRange.Order.BY_PARTITION);

    List<ConsumedRecord> records = read(range);

    assertThat(records)
        .hasSize(500)
        .isSortedAccordingTo(
            Comparator.comparing(ConsumedRecord::topicPartition)
                .thenComparingLong(ConsumedRecord::offset));
  }

  @Test
  void readsFromACutToACut() {
    List<String> topics = List.of("replay-cut");
    try (Producer producer = Producer.open(config())) {
      var _ = admin.createTopic("replay-cut", 3, TopicSettings.DEFAULTS);
      for (int i = 0; i < 300; i++) {
        send(producer, "replay-cut", i % 3, START + i, i);
      }
      producer.flush();
    }
    Cut from = admin.cut(topics, new LogPosition.Timestamp(START + 100));
    Cut to = admin.cut(topics, new LogPosition.Timestamp(START + 200));

    List<ConsumedRecord> records = read(ReplayRange.between(from, to));

    assertThat(records)
        .extracting(record -> record.record().timestampMillis())
        .containsExactlyElementsOf(
            java.util.stream.LongStream.range(START + 100, START + 200).boxed().toList());
  }

  @Test
  void goesOnFromItsPosition() {
    fill("replay-resumed", 3, 600);
    ReplayRange all = everything(List.of("replay-resumed"));
    List<ConsumedRecord> parts = new ArrayList<>();
    Cut position = all.from();
    while (!position.equals(all.to())) {
      try (Replay replay = Replay.open(config(), ReplayRange.between(position, all.to()))) {
        for (int i = 0; i < 123 && replay.hasNext(); i++) {
          parts.add(replay.next());
        }
        position = replay.position();
      }
    }
    // What is left of a partition may be older than what was read of others: still the same order.
    assertThat(parts).isEqualTo(read(all));
  }

  @Test
  void filtersOnTheNodesAndKnowsHowFarItIs() {
    fill("replay-filtered", 3, 900);
    ReplayRange all = everything(List.of("replay-filtered"));
    ReplayRange some = all.withFilter("json.n % 100 == 5");

    try (Replay replay = Replay.open(config(), some)) {
      List<ConsumedRecord> records = new ArrayList<>();
      replay.forEachRemaining(records::add);

      assertThat(records).hasSize(9).isEqualTo(merged(records));
      assertThat(replay.position()).isEqualTo(all.to());
    }
  }

  @Test
  void aWrongFilterIsSaid() {
    fill("replay-wrong", 1, 1);
    ReplayRange range = everything(List.of("replay-wrong")).withFilter("key = 'a'");
    try (Replay replay = Replay.open(config(), range)) {
      assertThatThrownBy(replay::hasNext)
          .isInstanceOfSatisfying(
              FunesException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT))
          .hasMessageContaining("filter 1:5: unexpected '='");
    }
  }

  @Test
  void morePartitionsThanStreams() {
    fill("replay-wide", 120, 600);
    ReplayRange all = everything(List.of("replay-wide"));

    List<ConsumedRecord> records = read(all);

    assertThat(records).hasSize(600).isEqualTo(merged(records));
  }

  @Test
  void anEmptyRangeHasNothing() {
    fill("replay-empty", 2, 10);
    Cut end = admin.cut(List.of("replay-empty"), new LogPosition.End());
    assertThat(read(ReplayRange.between(end, end))).isEmpty();
  }

  @Test
  void rangesThatAreNoneAreRefused() {
    TopicPartition partition = new TopicPartition("t", 0);
    Cut one = Cut.of(Map.of(partition, 1L));
    Cut two = Cut.of(Map.of(partition, 2L));
    Cut other = Cut.of(Map.of(new TopicPartition("t", 1), 2L));
    assertThatThrownBy(() -> ReplayRange.between(two, one)).hasMessageContaining("t-0 at 1");
    assertThatThrownBy(() -> ReplayRange.between(one, other)).hasMessageContaining("to: has other");
    assertThatThrownBy(() -> Cut.of(Map.of(partition, -1L))).hasMessageContaining("negative");
    assertThatThrownBy(() -> one.offset(new TopicPartition("t", 9))).hasMessageContaining("t-9");
  }

  @Test
  void aRangeBeyondTheLogIsSaid() {
    fill("replay-beyond", 1, 3);
    TopicPartition partition = new TopicPartition("replay-beyond", 0);
    ReplayRange range =
        ReplayRange.between(Cut.of(Map.of(partition, 50L)), Cut.of(Map.of(partition, 60L)));
    try (Replay replay = Replay.open(config(), range)) {
      assertThatThrownBy(replay::hasNext).isInstanceOf(OffsetOutOfRangeException.class);
    }
  }

  @Test
  void stopEndsTheWait() throws Exception {
    TopicPartition missing = new TopicPartition("replay-nowhere", 0);
    ReplayRange range =
        ReplayRange.between(Cut.of(Map.of(missing, 0L)), Cut.of(Map.of(missing, 1L)));
    Replay replay = Replay.open(config(), range);
    CompletableFuture<Boolean> asked = CompletableFuture.supplyAsync(replay::hasNext);
    replay.stop();
    assertThat(asked.get()).isFalse();
    replay.close();
  }

  @Test
  void aConsumerFiltersAndCommitsPastWhatItSkipped() {
    fill("replay-consumed", 2, 400);
    try (Consumer consumer = Consumer.open(config(), "replay-group")) {
      List<TopicPartition> partitions = consumer.partitions("replay-consumed");
      consumer.assign(partitions);
      consumer.filter("json.n < 10");
      Map<TopicPartition, Long> ends = consumer.stopAtEnd();
      List<ConsumedRecord> records = TestClients.drain(consumer);
      consumer.commit();

      assertThat(records).hasSize(10);
      assertThat(consumer.committed()).isEqualTo(new TreeMap<>(ends));
      consumer.filter("");
      consumer.seekToBeginning(partitions);
      consumer.stopAt(Map.of(partitions.get(0), 5L, partitions.get(1), 0L));
      assertThat(TestClients.drain(consumer)).hasSize(5);
    }
  }

  private void fill(String topic, int partitions, int count) {
    var _ = admin.createTopic(topic, partitions, TopicSettings.DEFAULTS);
    try (Producer producer = Producer.open(config())) {
      for (int i = 0; i < count; i++) {
        // Equal timestamps, and some that go back.
        long timestamp = START + i / 3 - (random.nextInt(10) == 0 ? random.nextInt(50) : 0);
        send(producer, topic, random.nextInt(partitions), timestamp, i);
      }
      producer.flush();
    }
  }

  private static void send(
      Producer producer, String topic, int partition, long timestamp, int number) {
    byte[] value = ("{\"n\": " + number + "}").getBytes(UTF_8);
    CompletableFuture<RecordPosition> sent =
        producer.send(new ProducerRecord(topic, partition, null, value, List.of(), timestamp));
    assertThat(sent).isNotCompletedExceptionally();
  }

  private ReplayRange everything(List<String> topics) {
    return ReplayRange.between(
        admin.cut(topics, new LogPosition.Start()), admin.cut(topics, new LogPosition.End()));
  }

  private static List<ConsumedRecord> read(ReplayRange range) {
    List<ConsumedRecord> records = new ArrayList<>();
    try (Replay replay = Replay.open(config(), range)) {
      replay.forEachRemaining(records::add);
    }
    return records;
  }

  /** The rule, written down once more in the simplest way. */
  private static List<ConsumedRecord> merged(List<ConsumedRecord> records) {
    Map<TopicPartition, Deque<ConsumedRecord>> partitions = new TreeMap<>();
    records.stream()
        .sorted(Comparator.comparingLong(ConsumedRecord::offset))
        .forEach(
            record ->
                partitions
                    .computeIfAbsent(record.topicPartition(), _ -> new ArrayDeque<>())
                    .add(record));
    List<ConsumedRecord> merged = new ArrayList<>();
    while (merged.size() < records.size()) {
      Deque<ConsumedRecord> least =
          partitions.values().stream()
              .filter(each -> !each.isEmpty())
              .min(Comparator.comparingLong(each -> each.getFirst().record().timestampMillis()))
              .orElseThrow();
      merged.add(least.removeFirst());
    }
    return merged;
  }

  private static ClientConfig config() {
    return ClientConfig.builder().servers(CLUSTER.addresses()).linger(Duration.ofMillis(1)).build();
  }
}
