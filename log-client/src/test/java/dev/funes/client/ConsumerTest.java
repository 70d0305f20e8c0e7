package dev.funes.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.funes.record.Compression;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ConsumerTest {
  private static final TopicPartition P0 = new TopicPartition("orders", 0);
  private static final TopicPartition P1 = new TopicPartition("orders", 1);
  private static final Duration LONG = Duration.ofSeconds(20);
  private static final Duration SHORT = Duration.ofMillis(20);

  private FakeCluster cluster;

  @BeforeEach
  void start() throws IOException {
    cluster = FakeCluster.start(2).topic("orders", 2);
  }

  @AfterEach
  void stop() {
    cluster.close();
  }

  /** Records whose value and timestamp tell their offset; ten in a batch. */
  private void write(TopicPartition partition, int count) {
    try (Producer producer =
        Producer.open(cluster.config().linger(Duration.ofMinutes(1)).build())) {
      for (int i = 0; i < count; i++) {
        var _ =
            producer.send(
                new ProducerRecord(
                    partition.topic(),
                    partition.partition(),
                    null,
                    ("value-" + i).getBytes(UTF_8),
                    List.of(),
                    1_000 + i));
        if (i % 10 == 9) {
          producer.flush();
        }
      }
    }
  }

  private static List<Long> read(Consumer consumer, int count) {
    List<Long> offsets = new ArrayList<>();
    while (offsets.size() < count) {
      List<ConsumedRecord> records = consumer.poll(LONG);
      assertThat(records).as("after %s", offsets).isNotEmpty();
      records.forEach(record -> offsets.add(record.offset()));
    }
    return offsets;
  }

  private static List<Long> range(long from, long until) {
    List<Long> offsets = new ArrayList<>();
    for (long offset = from; offset < until; offset++) {
      offsets.add(offset);
    }
    return offsets;
  }

  @Test
  void readsFromTheStartAndGoesOnWithWhatComes() {
    write(P0, 35);

    try (Consumer consumer = Consumer.open(cluster.config().build(), null)) {
      consumer.assign(List.of(P0));
      assertThat(read(consumer, 35)).isEqualTo(range(0, 35));
      assertThat(consumer.poll(SHORT)).isEmpty();

      write(P0, 10);
      assertThat(read(consumer, 10)).isEqualTo(range(35, 45));
      assertThat(consumer.position(P0)).isEqualTo(45);
    }
  }

  @Test
  void startsInTheMiddleOfABatch() {
    write(P0, 30);

    try (Consumer consumer = Consumer.open(cluster.config().build(), null)) {
      consumer.assign(List.of(P0));
      consumer.seek(P0, 17);
      assertThat(read(consumer, 13)).isEqualTo(range(17, 30));

      consumer.seek(P0, 3);
      assertThat(read(consumer, 27)).isEqualTo(range(3, 30));
    }
  }

  @Test
  void findsTheStartTheEndAndATime() {
    write(P0, 30);
    cluster.existing("orders", 0).trimBefore(10);

    try (Consumer consumer = Consumer.open(cluster.config().build(), null)) {
      consumer.assign(List.of(P0));
      assertThat(consumer.position(P0)).isEqualTo(10);
      consumer.seekToTimestamp(List.of(P0), 1_022);
      assertThat(consumer.position(P0)).isEqualTo(22);
      consumer.seekToEnd(List.of(P0));
      assertThat(consumer.position(P0)).isEqualTo(30);
      consumer.seekToBeginning(List.of(P0));
      assertThat(read(consumer, 20)).isEqualTo(range(10, 30));
      assertThat(consumer.startOffsets()).containsExactly(Map.entry(P0, 10L));
      assertThat(consumer.endOffsets()).containsExactly(Map.entry(P0, 30L));
    }
  }

  @Test
  void stopsAtTheEndThatWasThereWhenItWasAsked() {
    write(P0, 25);
    write(P1, 5);

    try (Consumer consumer = Consumer.open(cluster.config().build(), null)) {
      consumer.assign(consumer.partitions("orders"));
      assertThat(consumer.stopAtEnd()).containsOnly(Map.entry(P0, 25L), Map.entry(P1, 5L));
      write(P0, 10);

      List<ConsumedRecord> all = new ArrayList<>();
      consumer.listen(all::addAll);

      assertThat(all).hasSize(30);
      assertThat(consumer.atEnd()).isTrue();
      assertThat(consumer.poll(LONG)).isEmpty();
      assertThat(consumer.position(P0)).isEqualTo(25);
    }
  }

  @Test
  void isAtTheEndOfAnEmptyTopicAtOnce() {
    try (Consumer consumer = Consumer.open(cluster.config().build(), null)) {
      consumer.assign(consumer.partitions("orders"));
      consumer.stopAtEnd();

      consumer.listen(records -> assertThat(records).isEmpty());

      assertThat(consumer.atEnd()).isTrue();
    }
  }

  @Test
  void readsTheRestElsewhereWhenAReplicaIsBehind() {
    write(P0, 30);
    cluster.replicaLag = 10;

    try (Consumer consumer = Consumer.open(cluster.config().build(), null)) {
      consumer.assign(List.of(P0));
      consumer.stopAtEnd();
      assertThat(read(consumer, 20)).isEqualTo(range(0, 20));
      assertThat(consumer.atEnd()).isFalse();

      consumer.seek(P0, 29); // beyond the end of the replica, yet within the log
      assertThat(consumer.poll(SHORT)).isEmpty();
      cluster.replicaLag = 0;
      assertThat(read(consumer, 1)).containsExactly(29L);
      assertThat(consumer.atEnd()).isTrue();
    }
  }

  @Test
  void goesOnWhereItWasWhenTheStreamBreaks() {
    write(P0, 100);
    cluster.breakFetchAfter = 3;

    try (Consumer consumer = Consumer.open(cluster.config().build(), null)) {
      consumer.assign(List.of(P0));
      assertThat(read(consumer, 100)).isEqualTo(range(0, 100));
    }

    assertThat(cluster.fetchesStarted.get()).isGreaterThanOrEqualTo(4);
  }

  @Test
  void goesOnThroughTheOtherNodeWhenOneIsLost() {
    write(P0, 10);

    try (Consumer consumer = Consumer.open(cluster.config().build(), null)) {
      consumer.assign(List.of(P0));
      assertThat(read(consumer, 10)).isEqualTo(range(0, 10));
      cluster.leader().stop();
      cluster.moveLeader();
      write(P0, 10);

      assertThat(read(consumer, 10)).isEqualTo(range(10, 20));
    }
  }

  @Test
  void makesTheNodeWaitWhenNobodyPolls() {
    int batchBytes = 512 << 10;
    try (Producer producer =
        Producer.open(cluster.config().compression(Compression.NONE).build())) {
      for (int i = 0; i < 48; i++) {
        var _ =
            producer.send(
                new ProducerRecord("orders", 0, null, new byte[batchBytes], List.of(), i));
      }
    }
    ClientConfig config =
        cluster.config().fetchResponseBytesMax(batchBytes).prefetchBytes(2L << 20).build();

    try (Consumer consumer = Consumer.open(config, null)) {
      consumer.assign(List.of(P0));
      assertThat(read(consumer, 1)).containsExactly(0L);

      // Four may wait in the consumer, eight in the window of the connection.
      Awaitility.await().until(() -> cluster.responsesSent.get() >= 5);
      Awaitility.await()
          .during(Duration.ofMillis(300))
          .until(() -> cluster.responsesSent.get() <= 16);

      assertThat(read(consumer, 47)).isEqualTo(range(1, 48));
    }
  }

  @Test
  void throwsOrMovesWhenItsPositionIsOutsideTheLog() {
    write(P0, 30);
    cluster.existing("orders", 0).trimBefore(10);

    try (Consumer consumer = Consumer.open(cluster.config().build(), null)) {
      consumer.assign(List.of(P0));
      for (long outside : new long[] {3, 31}) {
        consumer.seek(P0, outside);
        assertThatExceptionOfType(OffsetOutOfRangeException.class)
            .isThrownBy(() -> consumer.poll(LONG))
            .withMessage(
                "offset %d of orders-0 is out of range: the log starts at 10 and ends at 30",
                outside)
            .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE));
      }
    }
    ClientConfig toStart = cluster.config().offsetReset(OffsetReset.START).build();
    try (Consumer consumer = Consumer.open(toStart, null)) {
      consumer.assign(List.of(P0));
      consumer.seek(P0, 3);
      assertThat(read(consumer, 20)).isEqualTo(range(10, 30));
    }
    ClientConfig toEnd = cluster.config().offsetReset(OffsetReset.END).build();
    try (Consumer consumer = Consumer.open(toEnd, null)) {
      consumer.assign(List.of(P0));
      consumer.seek(P0, 3);
      assertThat(consumer.poll(SHORT)).isEmpty();
      write(P0, 10);
      assertThat(read(consumer, 10)).isEqualTo(range(30, 40));
    }
  }

  @Test
  void startsWhereItsGroupHasCommitted() {
    write(P0, 30);
    write(P1, 5);

    try (Consumer consumer = Consumer.open(cluster.config().build(), "shipping")) {
      consumer.assign(List.of(P0));
      int first = read(consumer, 1).size();
      consumer.commit();
      assertThat(consumer.committed()).containsExactly(Map.entry(P0, (long) first));
      consumer.commit(Map.of(P0, 12L));
    }
    try (Consumer consumer = Consumer.open(cluster.config().build(), "shipping")) {
      consumer.assign(List.of(P0, P1));
      assertThat(consumer.position(P0)).isEqualTo(12);
      assertThat(consumer.position(P1)).isEqualTo(0);
    }
    try (Consumer consumer = Consumer.open(cluster.config().build(), null)) {
      assertThatIllegalStateException().isThrownBy(consumer::commit);
    }
  }

  @Test
  void returnsFromAPollWhenItIsWokenByAnotherThread() {
    try (Consumer consumer = Consumer.open(cluster.config().build(), null)) {
      consumer.assign(List.of(P0));
      var woken = CompletableFuture.runAsync(consumer::wakeup);

      assertThat(consumer.poll(Duration.ofMinutes(5))).isEmpty();

      woken.join();
      consumer.wakeup();
      consumer.listen(records -> assertThat(records).isEmpty());
    }
  }

  @Test
  void saysWhatIsWrong() {
    try (Consumer consumer = Consumer.open(cluster.config().build(), null)) {
      assertThatExceptionOfType(FunesException.class)
          .isThrownBy(() -> consumer.partitions("nothing"))
          .withMessage("there is no topic nothing")
          .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.UNKNOWN_TOPIC));
      assertThatIllegalArgumentException().isThrownBy(() -> consumer.seek(P0, 0));
      consumer.assign(List.of(P0));
      assertThatIllegalArgumentException().isThrownBy(() -> consumer.seek(P0, -1));
    }
  }

  @Test
  void throwsWhenItIsClosed() {
    Consumer consumer = Consumer.open(cluster.config().build(), null);
    consumer.close();

    assertThatExceptionOfType(FunesException.class)
        .isThrownBy(() -> consumer.poll(LONG))
        .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.CLOSED));
  }

  @Test
  void readsFromTheLeaderAndFromAnotherNodeWhenThatIsLost() {
    write(P0, 20);
    FakeNode leader = cluster.leader();
    try (Consumer consumer = Consumer.open(cluster.config().build(), null)) {
      consumer.assign(List.of(P0));
      assertThat(read(consumer, 20)).isEqualTo(range(0, 20));
      assertThat(leader.fetches).hasValue(1);
      assertThat(cluster.fetchesStarted).hasValue(1);

      leader.stop();
      cluster.moveLeader();
      write(P0, 10);
      assertThat(read(consumer, 10)).isEqualTo(range(20, 30));
      assertThat(cluster.leader().fetches).hasPositiveValue();
    }
  }

  @Test
  void readsOnWithoutANewStreamWhenOtherPartitionsComeAndGo() {
    write(P0, 20);
    write(P1, 20);
    try (Consumer consumer = Consumer.open(cluster.config().build(), null)) {
      consumer.assign(List.of(P0));
      assertThat(read(consumer, 20)).isEqualTo(range(0, 20));

      consumer.assign(List.of(P0, P1));
      assertThat(read(consumer, 20)).isEqualTo(range(0, 20));
      assertThat(cluster.fetchesStarted).as("one stream for what came").hasValue(2);

      consumer.assign(List.of(P0));
      write(P1, 10);
      write(P0, 10);
      assertThat(read(consumer, 10)).isEqualTo(range(20, 30));
      consumer.assign(List.of(P1));
      write(P0, 10);
      assertThat(read(consumer, 30))
          .as("back at the start: nothing of it was known any more")
          .isEqualTo(range(0, 30));
      assertThat(cluster.fetchesStarted).hasValue(3);
    }
  }
}
