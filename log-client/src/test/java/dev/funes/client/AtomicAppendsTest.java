package dev.funes.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.funes.record.Header;
import dev.funes.record.LogRecord;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Appends of one batch, whole or not at all, through nodes that fail. */
class AtomicAppendsTest {
  private static final TopicPartition ORDERS = new TopicPartition("orders", 0);

  private FakeCluster cluster;

  @BeforeEach
  void start() throws IOException {
    cluster = FakeCluster.start(3).topic("orders", 2);
  }

  @AfterEach
  void stop() {
    cluster.close();
  }

  private static ProducerRecord record(String value) {
    return new ProducerRecord("orders", null, null, value.getBytes(UTF_8), List.of(), 1234);
  }

  private static List<ProducerRecord> records(String... values) {
    return IntStream.range(0, values.length).mapToObj(i -> record(values[i])).toList();
  }

  private List<String> values(int partition) {
    return cluster.existing("orders", partition).records().stream()
        .map(LogRecord::value)
        .map(value -> value == null ? "" : new String(value, UTF_8))
        .toList();
  }

  private Producer producer() {
    return Producer.open(cluster.config().build());
  }

  /** Gives these faults to the next requests, one each. */
  private void failNext(Fault... faults) {
    Queue<Fault> queue = new ConcurrentLinkedQueue<>(List.of(faults));
    cluster.faults =
        request -> {
          Fault next = queue.poll();
          return next == null ? Fault.NONE : next;
        };
  }

  @Test
  void appendsOnlyWhereThePartitionEnds() throws Exception {
    try (Producer producer = producer()) {
      assertThat(producer.appendAt(ORDERS, 0, records("a", "b", "c")).get())
          .isEqualTo(new RecordPosition("orders", 0, 0, 1234));
      FunesException conflict = ProducerTest.failure(producer.appendAt(ORDERS, 2, records("lost")));
      assertThat(conflict.code()).isEqualTo(ErrorCode.OFFSET_CONFLICT);
      assertThat(conflict.limit()).isEqualTo(3);
      // A conflict used up no number: this would be out of order otherwise.
      assertThat(producer.appendAt(ORDERS, 3, records("d")).get().offset()).isEqualTo(3);
      assertThat(producer.appendAtomically(ORDERS, records("e", "f")).get().offset()).isEqualTo(4);
    }

    assertThat(values(0)).containsExactly("a", "b", "c", "d", "e", "f");
    assertThat(cluster.lastProducerId.get()).as("one producer id was enough").isEqualTo(1);
  }

  @Test
  void goesBesideWhatSendGathers() throws Exception {
    try (Producer producer = producer()) {
      List<CompletableFuture<RecordPosition>> sent = new ArrayList<>();
      for (int i = 0; i < 500; i++) {
        sent.add(
            producer.send(
                new ProducerRecord(
                    "orders", 0, null, ("s" + i).getBytes(UTF_8), List.of(), ProducerRecord.NOW)));
        if (i % 50 == 0) {
          sent.add(producer.appendAtomically(ORDERS, records("x" + i, "y" + i)));
        }
      }
      producer.flush();
      assertThat(sent).allMatch(CompletableFuture::isDone);
      assertThat(sent).noneMatch(CompletableFuture::isCompletedExceptionally);
    }

    List<String> all = values(0);
    assertThat(all).doesNotHaveDuplicates().hasSize(520);
    assertThat(all.indexOf("y450")).isEqualTo(all.indexOf("x450") + 1);
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {
        "BUSY",
        "WRITTEN_UNKNOWN",
        "DROPPED_UNKNOWN",
        "WRITTEN_BREAK",
        "BREAK",
        "NOT_LEADER",
        "WRITTEN_SILENCE"
      })
  void findsAgainWhatAnAnswerWasLostOf(Fault fault) throws Exception {
    ClientConfig config = cluster.config().requestTimeout(Duration.ofMillis(500)).build();
    try (Producer producer = Producer.open(config)) {
      producer.appendAt(ORDERS, 0, records("first")).get();
      failNext(fault, fault);

      assertThat(producer.appendAt(ORDERS, 1, records("a", "b")).get().offset()).isEqualTo(1);
      assertThat(producer.appendAt(ORDERS, 3, records("c")).get().offset()).isEqualTo(3);
    }

    assertThat(values(0)).containsExactly("first", "a", "b", "c");
  }

  @Test
  void findsTheNewLeaderHoweverLongTheOthersNameTheOneThatIsGone() throws Exception {
    try (Producer producer = producer()) {
      producer.appendAt(ORDERS, 0, records("first")).get();
      cluster.leader().stop();
      cluster.faults = _ -> Fault.NOT_LEADER;
      CompletableFuture<RecordPosition> second = producer.appendAt(ORDERS, 1, records("second"));
      // Its pauses between tries are at their longest then.
      await().during(Duration.ofSeconds(3)).until(() -> !second.isDone());
      cluster.moveLeader();
      cluster.faults = _ -> Fault.NONE;

      assertThat(second.get(20, TimeUnit.SECONDS).offset()).isEqualTo(1);
    }
  }

  @Test
  void goesOnUnderANewProducerIdWhenTheClusterHasForgottenIt() throws Exception {
    try (Producer producer = producer()) {
      producer.appendAt(ORDERS, 0, records("a")).get();
      failNext(Fault.FORGET_PRODUCER);

      assertThat(producer.appendAt(ORDERS, 1, records("b")).get().offset()).isEqualTo(1);
    }

    assertThat(values(0)).containsExactly("a", "b");
    assertThat(cluster.lastProducerId.get()).isEqualTo(2);
  }

  @Test
  void saysWhenNobodyKnowsAndCountsAnewAfterwards() throws Exception {
    ClientConfig config =
        cluster
            .config()
            .requestTimeout(Duration.ofMillis(200))
            .deliveryTimeout(Duration.ofMillis(600))
            .build();
    try (Producer producer = Producer.open(config)) {
      producer.appendAt(ORDERS, 0, records("a")).get();
      cluster.faults = request -> Fault.WRITTEN_UNKNOWN;
      FunesException unknown = ProducerTest.failure(producer.appendAt(ORDERS, 1, records("b")));
      assertThat(unknown.code()).isEqualTo(ErrorCode.UNKNOWN_OUTCOME);
      assertThat(unknown).hasMessageContaining("orders-0").hasMessageContaining("600 ms");

      cluster.faults = request -> Fault.NONE;
      FunesException conflict = ProducerTest.failure(producer.appendAt(ORDERS, 1, records("c")));
      assertThat(conflict.code()).isEqualTo(ErrorCode.OFFSET_CONFLICT);
      assertThat(producer.appendAt(ORDERS, 2, records("d")).get().offset()).isEqualTo(2);
    }

    assertThat(values(0)).containsExactly("a", "b", "d");
  }

  @Test
  void doesNotWaitForRoomForEver() throws Exception {
    ClientConfig config =
        cluster
            .config()
            .bufferBytes(1 << 20)
            .maxBlock(Duration.ofMillis(50))
            .requestTimeout(Duration.ofMillis(500))
            .build();
    Random random = new Random(1);
    byte[] large = new byte[1_000_000];
    random.nextBytes(large);
    ProducerRecord record = new ProducerRecord("orders", null, null, large, List.of(), 1);
    try (Producer producer = Producer.open(config)) {
      producer.appendAtomically(ORDERS, records("first")).get();
      cluster.faults = request -> Fault.BUSY;
      Set<ErrorCode> codes = new HashSet<>();
      List<CompletableFuture<RecordPosition>> sent = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        sent.add(producer.appendAtomically(ORDERS, List.of(record)));
      }
      for (CompletableFuture<RecordPosition> future : sent) {
        if (future.isCompletedExceptionally()) {
          codes.add(ProducerTest.failure(future).code());
        }
      }
      assertThat(codes).containsExactly(ErrorCode.TIMEOUT);
      cluster.faults = request -> Fault.NONE;
      producer.flush();
      assertThat(sent.getFirst().get().offset()).isEqualTo(1);
    }
  }

  @Test
  void failsWhatIsUnderWayWhenItIsClosed() throws Exception {
    Producer producer = producer();
    producer.appendAtomically(ORDERS, records("first")).get();
    cluster.faults = request -> Fault.BUSY;
    CompletableFuture<RecordPosition> open = producer.appendAtomically(ORDERS, records("a"));
    CompletableFuture<RecordPosition> behind = producer.appendAtomically(ORDERS, records("b"));

    producer.close(Duration.ofMillis(100));

    await().until(() -> open.isDone() && behind.isDone());
    assertThat(ProducerTest.failure(open).code()).isEqualTo(ErrorCode.CLOSED);
    assertThat(ProducerTest.failure(behind).code()).isEqualTo(ErrorCode.CLOSED);
    assertThat(ProducerTest.failure(producer.appendAtomically(ORDERS, records("c"))).code())
        .isEqualTo(ErrorCode.CLOSED);
  }

  @Test
  void refusesWhatCannotBeOneBatchAndWritesNothing() {
    byte[] mebibyte = new byte[1 << 20];
    List<ProducerRecord> six =
        IntStream.range(0, 6)
            .mapToObj(
                i -> new ProducerRecord("orders", null, null, new byte[900_000], List.of(), 1))
            .toList();
    try (Producer producer = producer()) {
      assertFails(producer.appendAt(ORDERS, -1, records("a")), ErrorCode.INVALID_ARGUMENT, "-1");
      assertFails(producer.appendAtomically(ORDERS, List.of()), ErrorCode.INVALID_ARGUMENT, "none");
      assertFails(
          producer.appendAtomically(new TopicPartition("orders", 9), records("a")),
          ErrorCode.UNKNOWN_PARTITION,
          "not 9");
      assertFails(
          producer.appendAtomically(
              new TopicPartition("nowhere", 0), List.of(ProducerRecord.of("nowhere", null, null))),
          ErrorCode.UNKNOWN_TOPIC,
          "");
      assertFails(
          producer.appendAtomically(ORDERS, List.of(ProducerRecord.of("visits", null, null))),
          ErrorCode.INVALID_ARGUMENT,
          "record 0 is for visits");
      assertFails(
          producer.appendAtomically(
              ORDERS,
              List.of(record("a"), new ProducerRecord("orders", 1, null, null, List.of(), 1))),
          ErrorCode.INVALID_ARGUMENT,
          "record 1 is for orders/1");
      assertFails(
          producer.appendAtomically(ORDERS, List.of(ProducerRecord.of("orders", null, mebibyte))),
          ErrorCode.RECORD_TOO_LARGE,
          "1048576");
      assertFails(
          producer.appendAtomically(ORDERS, six), ErrorCode.BATCH_TOO_LARGE, "4194304 bytes; 4");
    }
    assertThat(values(0)).isEmpty();
    assertThat(cluster.nodes).allMatch(node -> node.produceRequests.get() == 0);
  }

  private static void assertFails(
      CompletableFuture<RecordPosition> future, ErrorCode code, String words) {
    assertThatThrownBy(future::join)
        .cause()
        .isInstanceOfSatisfying(
            FunesException.class, failure -> assertThat(failure.code()).isEqualTo(code))
        .hasMessageContaining(words);
  }

  /**
   * Rivals read the end and append there, through nodes that lose answers. Whoever succeeded saw
   * the end that it expected, so the log is the chain of the successes, without a gap or a double.
   */
  @Test
  void ofRivalsOneSucceedsAtEachEnd() throws Exception {
    long seed = Long.getLong("funes.seed", System.nanoTime());
    System.out.println("seed: -Dfunes.seed=" + seed);
    Random faultRandom = new Random(seed);
    List<Fault> faults =
        List.of(
            Fault.BUSY,
            Fault.WRITTEN_UNKNOWN,
            Fault.DROPPED_UNKNOWN,
            Fault.WRITTEN_BREAK,
            Fault.BREAK,
            Fault.NOT_LEADER);
    cluster.faults =
        request -> {
          synchronized (faultRandom) {
            return faultRandom.nextInt(5) == 0
                ? faults.get(faultRandom.nextInt(faults.size()))
                : Fault.NONE;
          }
        };
    Queue<String> won = new ConcurrentLinkedQueue<>();
    List<Thread> rivals = new ArrayList<>();
    Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    for (int rival = 0; rival < 3; rival++) {
      int number = rival;
      rivals.add(
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      race(number, seed, won);
                    } catch (Throwable e) {
                      failures.add(e);
                    }
                  }));
    }
    for (Thread rival : rivals) {
      rival.join();
    }

    assertThat(failures).isEmpty();
    List<String> log = values(0);
    Set<String> expected = new HashSet<>(won);
    assertThat(log).doesNotHaveDuplicates().hasSameElementsAs(expected).hasSize(won.size());
    for (int offset = 0; offset < log.size(); offset++) {
      assertThat(log.get(offset)).as("the record at offset %d", offset).endsWith("@" + offset);
    }
  }

  private void race(int rival, long seed, Queue<String> won) throws Exception {
    Random random = new Random(seed + rival);
    try (Producer producer = producer()) {
      long end = 0;
      for (int round = 0; round < 150; round++) {
        ArrayDeque<String> values = new ArrayDeque<>();
        for (int i = random.nextInt(3); i >= 0; i--) {
          values.addFirst(rival + "/" + round + "@" + (end + i));
        }
        CompletableFuture<RecordPosition> appended =
            producer.appendAt(ORDERS, end, records(values.toArray(String[]::new)));
        if (succeeds(appended)) {
          assertThat(appended.get().offset()).isEqualTo(end);
          won.addAll(values);
          end += values.size();
        } else {
          FunesException failure = ProducerTest.failure(appended);
          assertThat(failure.code()).as("%s", failure).isEqualTo(ErrorCode.OFFSET_CONFLICT);
          end = failure.limit();
        }
      }
    }
  }

  private static boolean succeeds(CompletableFuture<RecordPosition> appended) throws Exception {
    return appended.handle((position, failure) -> failure == null).get(60, TimeUnit.SECONDS);
  }

  @Test
  void keepsHeadersAndNullValues() throws Exception {
    Header header = new Header("h", "1".getBytes(UTF_8));
    try (Producer producer = producer()) {
      producer
          .appendAtomically(
              ORDERS,
              List.of(
                  new ProducerRecord("orders", 0, new byte[] {1}, null, List.of(header), 5),
                  new ProducerRecord("orders", null, null, new byte[0], List.of(), 6)))
          .get();
    }
    assertThat(cluster.existing("orders", 0).records())
        .containsExactly(
            new LogRecord(0, 5, new byte[] {1}, null, List.of(header)),
            new LogRecord(1, 6, null, new byte[0], List.of()));
  }
}
