package dev.funes.chaos.workload;

import dev.funes.chaos.history.Outcome;
import dev.funes.chaos.history.RecordKey;
import dev.funes.chaos.history.RecordValue;
import dev.funes.chaos.history.WorkLog;
import dev.funes.client.ClientConfig;
import dev.funes.client.Producer;
import dev.funes.client.ProducerRecord;
import dev.funes.client.RecordPosition;
import dev.funes.client.TopicPartition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;

/**
 * A producer as a program has it: sends with de-duplication, repeated by the client until they are
 * known to be done. Now and then it is closed, and its next epoch opened.
 */
final class IdempotentWriter extends Client {
  private static final int BURST_RECORDS_MAX = 8;
  private static final int UNDER_WAY_MAX = 16; // bursts of one partition
  private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(5);
  private static final long LIFE_MILLIS_MIN = 30_000;
  private static final long LIFE_MILLIS_MAX = 120_000;
  private static final long IDLE_NANOS = 1_000_000;

  private final Shared shared;
  private final int producer;
  private final SplittableRandom random;
  private final Pace pace;
  private final WorkLog log;
  private final AtomicIntegerArray underWay;
  private final long[] seqs;

  IdempotentWriter(Shared shared, int producer, double recordsPerSecond) {
    super("producer-" + producer);
    this.shared = shared;
    this.producer = producer;
    this.random = new SplittableRandom(shared.info.seed() * 31 + producer);
    this.pace = new Pace(recordsPerSecond);
    this.log = shared.log(name());
    this.underWay = new AtomicIntegerArray(shared.partitions.size());
    this.seqs = new long[shared.partitions.size()];
  }

  @Override
  void run() {
    try (log) {
      for (int epoch = 0; !isStopped(); epoch++) {
        live(epoch);
      }
    }
  }

  private void live(int epoch) {
    java.util.Arrays.fill(seqs, 0);
    long life = random.nextLong(LIFE_MILLIS_MIN, LIFE_MILLIS_MAX);
    long end =
        epoch == RecordKey.EPOCH_MAX ? Long.MAX_VALUE : shared.clock.nanos() + life * 1_000_000;
    ClientConfig config =
        ClientConfig.builder()
            .servers(shared.servers())
            .requestTimeout(REQUEST_TIMEOUT)
            .deliveryTimeout(shared.settings.deliveryTimeout())
            .maxBlock(shared.settings.deliveryTimeout())
            .build();
    try (Producer open = Producer.open(config)) {
      while (!isStopped() && shared.clock.nanos() < end) {
        int part = random.nextInt(seqs.length);
        if (underWay.get(part) >= UNDER_WAY_MAX) {
          LockSupport.parkNanos(IDLE_NANOS);
          continue;
        }
        int count = random.nextInt(1, BURST_RECORDS_MAX + 1);
        pace.await(count, this::isStopped);
        send(open, part, epoch, count);
      }
    }
  }

  private void send(Producer open, int part, int epoch, int count) {
    TopicPartition partition = shared.partitions.get(part);
    long first = seqs[part];
    seqs[part] += count;
    underWay.incrementAndGet(part);
    long id = log.writing(part, producer, epoch, first, count);
    List<CompletableFuture<RecordPosition>> sent = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      byte[] value =
          new RecordValue(shared.info.runId(), producer, epoch, part, first + i)
              .encode(Values.bytes(random, shared.settings.valueBytesMax()));
      sent.add(
          open.send(
              new ProducerRecord(
                  partition.topic(),
                  partition.partition(),
                  null,
                  value,
                  List.of(),
                  ProducerRecord.NOW)));
    }
    var _ =
        CompletableFuture.allOf(sent.toArray(CompletableFuture<?>[]::new))
            .whenComplete(
                (_, _) -> {
                  underWay.decrementAndGet(part);
                  note(id, first, sent);
                });
  }

  /** Notes the ends of a burst, in pieces that ended alike and lie next to each other. */
  private void note(long id, long first, List<CompletableFuture<RecordPosition>> sent) {
    int from = 0;
    while (from < sent.size()) {
      CompletableFuture<RecordPosition> begin = sent.get(from);
      int to = from + 1;
      while (to < sent.size() && follows(begin, sent.get(to), to - from)) {
        to++;
      }
      if (begin.isCompletedExceptionally()) {
        Throwable failure = begin.exceptionNow();
        Outcome outcome = Outcomes.of(failure);
        log.notWritten(id, outcome, first + from, to - from, Outcomes.text(failure));
      } else {
        log.written(id, first + from, to - from, begin.join().offset());
        shared.acknowledged.addAndGet(to - from);
      }
      from = to;
    }
  }

  private static boolean follows(
      CompletableFuture<RecordPosition> begin, CompletableFuture<RecordPosition> next, int by) {
    if (begin.isCompletedExceptionally() || next.isCompletedExceptionally()) {
      return begin.isCompletedExceptionally()
          && next.isCompletedExceptionally()
          && Outcomes.text(begin.exceptionNow()).equals(Outcomes.text(next.exceptionNow()));
    }
    return next.join().offset() == begin.join().offset() + by;
  }

  @Override
  void failed(Exception why) {
    log.close();
  }
}
