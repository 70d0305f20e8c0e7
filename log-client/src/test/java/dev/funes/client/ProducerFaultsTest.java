package dev.funes.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.funes.record.LogRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Sends records through nodes that lose answers, break streams, move leadership and forget, and
 * checks that every acknowledged record is in the log once, at its offset and in order.
 *
 * <p>The nodes tell duplicates and gaps from the numbers of the batches only, so a batch that came
 * again under another number, or out of turn, shows in the log.
 */
class ProducerFaultsTest {
  private static final int PARTITIONS = 3;
  private static final int RECORDS = 10_000;
  private static final List<Fault> PASSING =
      List.of(
          Fault.BUSY,
          Fault.WRITTEN_UNKNOWN,
          Fault.DROPPED_UNKNOWN,
          Fault.WRITTEN_BREAK,
          Fault.BREAK,
          Fault.NOT_LEADER);

  private record Sent(int partition, String value, CompletableFuture<RecordPosition> future) {}

  private static long seed() {
    long seed = Long.getLong("funes.seed", System.nanoTime());
    System.out.println("seed: -Dfunes.seed=" + seed);
    return seed;
  }

  @Test
  void writesEveryRecordOnceAndInOrderWhateverPasses() throws Exception {
    List<Sent> sent = run(seed(), PASSING, 10, Duration.ofMinutes(2), Duration.ofSeconds(10));

    assertThat(failures(sent)).isZero();
  }

  @Test
  void neverWritesARecordTwiceWhenOthersFailForGood() throws Exception {
    List<Fault> faults = new ArrayList<>(PASSING);
    faults.addAll(Collections.nCopies(PASSING.size(), Fault.CORRUPT));

    List<Sent> sent = run(seed(), faults, 4, Duration.ofMinutes(2), Duration.ofSeconds(10));

    assertThat(failures(sent)).isBetween(1L, RECORDS - 1L);
  }

  @Test
  void survivesAnswersThatNeverComeAndBatchesThatRunOutOfTime() throws Exception {
    List<Fault> faults =
        List.of(Fault.WRITTEN_SILENCE, Fault.BUSY, Fault.DROPPED_UNKNOWN, Fault.WRITTEN_BREAK);

    List<Sent> sent = run(seed(), faults, 20, Duration.ofMillis(400), Duration.ofMillis(150));

    assertThat(failures(sent)).isLessThan(RECORDS);
  }

  private static long failures(List<Sent> sent) {
    return sent.stream().filter(record -> record.future().isCompletedExceptionally()).count();
  }

  private static List<Sent> run(
      long seed, List<Fault> faults, int oneIn, Duration deliveryTimeout, Duration requestTimeout)
      throws Exception {
    Random random = new Random(seed);
    try (FakeCluster cluster = FakeCluster.start(3).topic("orders", PARTITIONS)) {
      List<Sent> sent = new ArrayList<>();
      ClientConfig config =
          cluster
              .config()
              .batchBytes(1024)
              .linger(Duration.ofMillis(1))
              .deliveryTimeout(deliveryTimeout)
              .requestTimeout(requestTimeout)
              .build();
      try (Producer producer = Producer.open(config)) {
        producer.send(record(0, "first")).get(); // The topic and a producer id are known now.
        Random faultRandom = new Random(seed + 1);
        cluster.faults =
            request -> {
              synchronized (faultRandom) {
                return faultRandom.nextInt(oneIn) == 0
                    ? faults.get(faultRandom.nextInt(faults.size()))
                    : Fault.NONE;
              }
            };
        for (int i = 0; i < RECORDS; i++) {
          int partition = random.nextInt(PARTITIONS);
          String value = i + "-" + "x".repeat(random.nextInt(300));
          sent.add(new Sent(partition, value, producer.send(record(partition, value))));
        }
        producer.flush();
        check(cluster, sent);
      }
      return sent;
    }
  }

  private static ProducerRecord record(int partition, String value) {
    return new ProducerRecord(
        "orders", partition, null, value.getBytes(UTF_8), List.of(), ProducerRecord.NOW);
  }

  private static void check(FakeCluster cluster, List<Sent> sent) throws Exception {
    for (int partition = 0; partition < PARTITIONS; partition++) {
      Map<String, Integer> written = new HashMap<>();
      int index = 0;
      for (LogRecord record : cluster.existing("orders", partition).records()) {
        String value = new String(value(record), UTF_8);
        assertThat(written.put(value, index++)).as("record %s is written twice", value).isNull();
      }
      int last = -1;
      for (Sent record : sent) {
        if (record.partition() != partition) {
          continue;
        }
        int at = written.getOrDefault(record.value(), -1);
        if (record.future().isCompletedExceptionally()) {
          FunesException failure = ProducerTest.failure(record.future());
          boolean maybeWritten =
              failure.code() == ErrorCode.UNKNOWN_OUTCOME
                  || failure.code() == ErrorCode.CORRUPT_BATCH; // after an unknown outcome
          assertThat(at == -1 || maybeWritten)
              .as("record %s failed with %s and is at %d", record.value(), failure, at)
              .isTrue();
          continue;
        }
        RecordPosition position = record.future().get(0, TimeUnit.SECONDS);
        assertThat(position.offset()).as("offset of %s", record.value()).isEqualTo(at);
        assertThat(at).as("order of %s", record.value()).isGreaterThan(last);
        last = at;
      }
    }
  }

  @Test
  void keepsTheOrderWhenLeadershipMovesWithBatchesUnderWay() throws Exception {
    List<Sent> sent =
        run(seed(), List.of(Fault.NOT_LEADER), 4, Duration.ofMinutes(2), Duration.ofSeconds(10));

    assertThat(failures(sent)).isZero();
  }

  /**
   * Each producer has an order of its own in which it asks the nodes; this one is first in some.
   */
  @Test
  void aNodeThatKnowsNoLeaderIsNotAskedAgainAndAgain() throws Exception {
    for (int i = 0; i < 12; i++) {
      try (FakeCluster cluster = FakeCluster.start(3).topic("orders", 1);
          Producer producer = Producer.open(cluster.config().build())) {
        producer.send(record(0, "before")).get(30, TimeUnit.SECONDS);

        cluster.cutOffLeader();

        assertThat(producer.send(record(0, "after")).get(20, TimeUnit.SECONDS).offset())
            .isEqualTo(1);
      }
    }
  }

  private static byte[] value(LogRecord record) {
    byte[] value = record.value();
    if (value == null) {
      throw new AssertionError("expected a value");
    }
    return value;
  }
}
