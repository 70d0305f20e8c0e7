package dev.funes.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.funes.record.Compression;
import dev.funes.record.Header;
import dev.funes.record.LogRecord;
import dev.funes.record.Murmur2;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ProducerTest {
  private FakeCluster cluster;

  @BeforeEach
  void start() throws IOException {
    cluster = FakeCluster.start(2).topic("orders", 6);
  }

  @AfterEach
  void stop() {
    cluster.close();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  /** A first connection can take longer than a short timeout, and nodes never met are given up. */
  private void meet(Producer producer) {
    cluster.topic("met", 1);
    await()
        .until(
            () ->
                producer
                    .send(ProducerRecord.of("met", null, null))
                    .handle((_, failure) -> failure == null)
                    .get());
  }

  @ParameterizedTest
  @EnumSource(Compression.class)
  void writesWhatItIsGivenAndTellsWhere(Compression compression) throws Exception {
    List<Header> headers = List.of(new Header("source", bytes("test")), new Header("none", null));

    RecordPosition position;
    try (Producer producer = Producer.open(cluster.config().compression(compression).build())) {
      position =
          producer
              .send(new ProducerRecord("orders", 3, bytes("k"), bytes("v"), headers, 1234))
              .get();
      producer.send(new ProducerRecord("orders", 3, null, null, List.of(), 1235)).get();
    }

    assertThat(position).isEqualTo(new RecordPosition("orders", 3, 0, 1234));
    assertThat(cluster.existing("orders", 3).records())
        .containsExactly(
            new LogRecord(0, 1234, bytes("k"), bytes("v"), headers),
            new LogRecord(1, 1235, null, null, List.of()));
  }

  @Test
  void sendsAKeyWhereItsHashSays() throws Exception {
    try (Producer producer = Producer.open(cluster.config().build())) {
      for (int i = 0; i < 100; i++) {
        byte[] key = bytes("customer-" + i);
        CompletableFuture<RecordPosition> sent =
            producer.send(ProducerRecord.of("orders", key, null));

        assertThat(sent.get().partition()).isEqualTo(Murmur2.partition(key, 6));
      }
    }
  }

  @Test
  void gathersRecordsWithoutAKeyIntoFewBatchesAndStillUsesManyPartitions() {
    try (Producer producer =
        Producer.open(cluster.config().linger(Duration.ofMillis(50)).batchBytes(2048).build())) {
      for (int i = 0; i < 2_000; i++) {
        var _ = producer.send(ProducerRecord.of("orders", null, bytes("value-" + i)));
      }
    }

    int requests = cluster.nodes.stream().mapToInt(node -> node.produceRequests.get()).sum();
    assertThat(requests).isLessThan(200);
    long used =
        cluster.partitions.values().stream().filter(partition -> partition.endOffset() > 0).count();
    assertThat(used).isGreaterThanOrEqualTo(2); // some 20 batches, each to another than the last
  }

  @Test
  void goesStraightToTheLeader() throws Exception {
    cluster.moveLeader();

    try (Producer producer = Producer.open(cluster.config().build())) {
      producer.send(ProducerRecord.of("orders", bytes("a"), null)).get();
      cluster.moveLeader();
      producer.send(ProducerRecord.of("orders", bytes("a"), null)).get(); // is forwarded
      producer.send(ProducerRecord.of("orders", bytes("a"), null)).get();
    }

    assertThat(cluster.nodes.get(1).produceRequests.get()).isEqualTo(2);
    assertThat(cluster.nodes.get(0).produceRequests.get()).isEqualTo(1);
  }

  @Test
  void goesOnThroughTheOtherNodeWhenTheLeaderIsLost() throws Exception {
    try (Producer producer = Producer.open(cluster.config().build())) {
      producer.send(ProducerRecord.of("orders", bytes("a"), bytes("1"))).get();
      cluster.leader().stop();
      cluster.moveLeader();

      assertThat(producer.send(ProducerRecord.of("orders", bytes("a"), bytes("2"))).get().offset())
          .isEqualTo(1);
    }
  }

  @Test
  void failsARecordOverTheLimitAloneAndNamesTheLimit() throws Exception {
    try (Producer producer = Producer.open(cluster.config().build())) {
      var before = producer.send(ProducerRecord.of("orders", bytes("a"), bytes("1")));
      var tooLarge = producer.send(ProducerRecord.of("orders", bytes("a"), new byte[1 << 20]));
      var largest =
          producer.send(ProducerRecord.of("orders", bytes("a"), new byte[(1 << 20) - 20]));
      var after = producer.send(ProducerRecord.of("orders", bytes("a"), bytes("2")));

      FunesException failure = failure(tooLarge);
      assertThat(failure.code()).isEqualTo(ErrorCode.RECORD_TOO_LARGE);
      assertThat(failure).hasMessageContaining("1048576 bytes (recordBytesMax)");
      assertThat(failure.limit()).isEqualTo(1 << 20);
      assertThat(before.get().offset()).isEqualTo(0);
      assertThat(largest.get().offset()).isEqualTo(1);
      assertThat(after.get().offset()).isEqualTo(2);
    }
  }

  @Test
  void failsForAnUnknownTopicOrPartition() throws Exception {
    try (Producer producer = Producer.open(cluster.config().build())) {
      assertThat(failure(producer.send(ProducerRecord.of("nothing", null, null))).code())
          .isEqualTo(ErrorCode.UNKNOWN_TOPIC);
      FunesException failure =
          failure(
              producer.send(
                  new ProducerRecord("orders", 6, null, null, List.of(), ProducerRecord.NOW)));
      assertThat(failure.code()).isEqualTo(ErrorCode.UNKNOWN_PARTITION);
      assertThat(failure).hasMessage("topic orders has partitions 0 to 5, not 6");
    }
  }

  @Test
  void doesNotLetABatchThatFailsForGoodHoldUpTheOthers() throws Exception {
    cluster.faults =
        request ->
            request.getBatch().toStringUtf8().contains("poison") ? Fault.CORRUPT : Fault.NONE;
    List<CompletableFuture<RecordPosition>> sent = new ArrayList<>();

    try (Producer producer = Producer.open(cluster.config().batchBytes(1024).build())) {
      for (int i = 0; i < 300; i++) {
        String value = (i == 120 || i == 121 ? "poison-" : "value-") + i + "-".repeat(400);
        sent.add(producer.send(ProducerRecord.of("orders", bytes("a"), bytes(value))));
      }
      producer.flush();
    }

    int failed = 0;
    long offset = 0;
    for (CompletableFuture<RecordPosition> each : sent) {
      if (each.isCompletedExceptionally()) {
        failed++;
        assertThat(failure(each).code()).isEqualTo(ErrorCode.CORRUPT_BATCH);
      } else {
        assertThat(each.get().offset()).isEqualTo(offset++);
      }
    }
    assertThat(failed).isBetween(2, 80); // the poisoned ones and what shared their batches
    assertThat(cluster.existing("orders", Murmur2.partition(bytes("a"), 6)).endOffset())
        .isEqualTo(offset);
  }

  @Test
  void takesANewProducerIdWhenTheClusterHasForgottenIts() throws Exception {
    AtomicInteger requests = new AtomicInteger();
    cluster.faults =
        request -> requests.incrementAndGet() == 3 ? Fault.FORGET_PRODUCER : Fault.NONE;

    try (Producer producer = Producer.open(cluster.config().linger(Duration.ZERO).build())) {
      for (int i = 0; i < 5; i++) {
        assertThat(producer.send(ProducerRecord.of("orders", bytes("a"), null)).get().offset())
            .isEqualTo(i);
      }
    }

    assertThat(cluster.lastProducerId.get()).isEqualTo(2);
  }

  @Test
  void failsWhenThereIsNoRoomInTimeAndGoesOnWhenThereIs() throws Exception {
    cluster.faults = request -> Fault.BUSY;
    ClientConfig config =
        cluster
            .config()
            .bufferBytes(1 << 20)
            .maxBlock(Duration.ofMillis(50))
            .linger(Duration.ZERO)
            .build();

    try (Producer producer = Producer.open(config)) {
      List<CompletableFuture<RecordPosition>> taken = new ArrayList<>();
      CompletableFuture<RecordPosition> last;
      do {
        last = producer.send(ProducerRecord.of("orders", bytes("a"), new byte[10_000]));
        taken.add(last);
      } while (!last.isCompletedExceptionally());

      assertThat(failure(last).code()).isEqualTo(ErrorCode.TIMEOUT);
      assertThat(failure(last)).hasMessageContaining("1048576 bytes (bufferBytes)");
      assertThat(taken).hasSizeBetween(80, 110);

      cluster.faults = request -> Fault.NONE;
      producer.flush();
      taken.removeLast();
      assertThat(taken).allMatch(future -> !future.isCompletedExceptionally());
    }
  }

  @Test
  void givesUpAfterTheDeliveryTimeoutAndSaysWhy() throws Exception {
    cluster.faults = request -> Fault.BUSY;
    ClientConfig config = cluster.config().deliveryTimeout(Duration.ofMillis(300)).build();

    try (Producer producer = Producer.open(config)) {
      FunesException failure =
          failure(producer.send(ProducerRecord.of("orders", bytes("a"), bytes("late"))));
      assertThat(failure.code()).isEqualTo(ErrorCode.RETRY);
      assertThat(failure).hasMessageContaining("within 300 ms: busy");

      cluster.faults = request -> Fault.NONE;
      producer.send(ProducerRecord.of("orders", bytes("a"), bytes("next"))).get();
    }

    assertThat(cluster.existing("orders", Murmur2.partition(bytes("a"), 6)).records())
        .extracting(record -> new String(record.value(), UTF_8))
        .containsExactly("next");
  }

  @Test
  void failsAsUnreachableWithTheAddressesWhenNoNodeIsThere() throws Exception {
    cluster.close();

    try (Producer producer = Producer.open(cluster.config().build())) {
      FunesException failure = failure(producer.send(ProducerRecord.of("orders", null, null)));

      assertThat(failure.code()).isEqualTo(ErrorCode.UNREACHABLE);
      for (FakeNode node : cluster.nodes) {
        assertThat(failure).hasMessageContaining(node.address().toString());
      }
    }
  }

  @Test
  @Timeout(60)
  void findsATopicAfterTheClusterWasWithoutALeaderForLongerThanARequest() throws Exception {
    Duration requestTimeout = Duration.ofMillis(100);
    ClientConfig config = cluster.config().requestTimeout(requestTimeout).build();
    int refusals = 1_000_000;

    try (Producer producer = Producer.open(config)) {
      meet(producer);
      cluster.unavailable.set(refusals);
      long started = System.nanoTime();
      CompletableFuture<RecordPosition> sent = sendOnAnotherThread(producer);
      await()
          .until(
              () ->
                  cluster.unavailable.get() < refusals
                      && System.nanoTime() - started > 4 * requestTimeout.toNanos());
      assertThat(sent).isNotDone();
      cluster.unavailable.set(0);

      assertThat(sent.get().offset()).isZero();
    }
  }

  private static CompletableFuture<RecordPosition> sendOnAnotherThread(Producer producer) {
    CompletableFuture<RecordPosition> sent = new CompletableFuture<>();
    Thread.startVirtualThread(
        () -> {
          try {
            sent.complete(producer.send(ProducerRecord.of("orders", bytes("a"), null)).join());
          } catch (RuntimeException e) {
            sent.completeExceptionally(e);
          }
        });
    return sent;
  }

  @Test
  @Timeout(60)
  void findsANewTopicAfterAllNodesWereAwayForLongerThanARequest() throws Exception {
    Duration requestTimeout = Duration.ofMillis(200);
    ClientConfig config = cluster.config().requestTimeout(requestTimeout).build();

    try (Producer producer = Producer.open(config)) {
      meet(producer);
      cluster.stopNodes();
      long started = System.nanoTime();
      CompletableFuture<RecordPosition> sent = sendOnAnotherThread(producer);
      await().until(() -> System.nanoTime() - started > 4 * requestTimeout.toNanos());
      assertThat(sent).isNotDone();
      cluster.restartNodes();

      assertThat(sent.get().offset()).isZero();
    }
  }

  @Test
  void givesUpFindingATopicWhenTheDeliveryTimeoutIsOver() throws Exception {
    ClientConfig config =
        cluster
            .config()
            .requestTimeout(Duration.ofMillis(100))
            .deliveryTimeout(Duration.ofMillis(300))
            .build();

    try (Producer producer = Producer.open(config)) {
      meet(producer);
      cluster.unavailable.set(1_000_000);
      long started = System.nanoTime();
      FunesException failure = failure(producer.send(ProducerRecord.of("orders", null, null)));

      assertThat(Failure.isTransient(failure.code())).as(failure.toString()).isTrue();
      // Not after one request only; a tenth is left when there is no use in asking again.
      assertThat(System.nanoTime() - started).isGreaterThan(Duration.ofMillis(200).toNanos());
    }
  }

  @Test
  void failsWhatIsNotAcknowledgedWhenItIsClosed() throws Exception {
    cluster.faults = request -> Fault.WRITTEN_SILENCE;
    Producer producer = Producer.open(cluster.config().build());
    CompletableFuture<RecordPosition> sent =
        producer.send(ProducerRecord.of("orders", bytes("a"), null));

    producer.close(Duration.ofMillis(50));

    assertThat(failure(sent).code()).isEqualTo(ErrorCode.CLOSED);
    assertThat(failure(producer.send(ProducerRecord.of("orders", bytes("a"), null))).code())
        .isEqualTo(ErrorCode.CLOSED);
  }

  static FunesException failure(CompletableFuture<?> future) throws InterruptedException {
    try {
      Object value = future.get();
      throw new AssertionError("expected a failure, was " + value);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof FunesException failure) {
        return failure;
      }
      throw new AssertionError("expected a FunesException", e);
    }
  }
}
