package dev.funes.chaos.idempotence;

import dev.funes.chaos.history.RecordValue;
import dev.funes.client.ClientConfig;
import dev.funes.client.Producer;
import dev.funes.client.ProducerRecord;
import dev.funes.client.ServerAddress;
import dev.funes.record.Compression;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/** One producer, and its share of the sends. */
final class Sends {
  private static final int BATCH_BYTES = 4 << 10; // what waits for others grows beyond that
  private static final int VALUE_BYTES = 32;
  private static final Duration DELIVERY_TIMEOUT = Duration.ofMinutes(15);
  private static final Duration LINGER = Duration.ofMillis(20);
  private static final long IDLE_NANOS = 1_000_000;
  private static final int TRIES_MAX = 64;

  private final int runId;
  private final int number;
  private final String topic;
  private final Ledger[] ledgers;
  private final AtomicIntegerArray underWay;
  private final SplittableRandom random;
  private final AtomicLong acknowledged;
  private final Consumer<Throwable> failed;

  Sends(
      int runId,
      int number,
      String topic,
      Ledger[] ledgers,
      long seed,
      AtomicLong acknowledged,
      Consumer<Throwable> failed) {
    this.runId = runId;
    this.number = number;
    this.topic = topic;
    this.ledgers = ledgers;
    this.underWay = new AtomicIntegerArray(ledgers.length);
    this.random = new SplittableRandom(seed * 53 + number);
    this.acknowledged = acknowledged;
    this.failed = failed;
  }

  /**
   * Sends that many records, and returns when all are settled.
   *
   * @param underWayMax records of one partition at most: few make small batches, so that many
   *     acknowledgements go wrong
   * @param requestTimeout after which a lost acknowledgement is noticed
   */
  void run(List<ServerAddress> servers, long count, int underWayMax, Duration requestTimeout) {
    ClientConfig config =
        ClientConfig.builder()
            .servers(servers)
            .requestTimeout(requestTimeout)
            .deliveryTimeout(DELIVERY_TIMEOUT)
            .maxBlock(DELIVERY_TIMEOUT)
            .linger(LINGER)
            .batchBytes(BATCH_BYTES)
            .compression(Compression.NONE)
            .build();
    try (Producer producer = Producer.open(config)) {
      for (long i = 0; i < count; i++) {
        send(producer, partition(underWayMax));
      }
      producer.flush();
    }
  }

  /** One that has room; waits until there is one. */
  private int partition(int underWayMax) {
    while (true) {
      for (int i = 0; i < TRIES_MAX; i++) {
        int partition = random.nextInt(ledgers.length);
        if (underWay.get(partition) < underWayMax) {
          return partition;
        }
      }
      LockSupport.parkNanos(IDLE_NANOS);
    }
  }

  private void send(Producer producer, int partition) {
    Ledger ledger = ledgers[partition];
    int seq = ledger.send();
    underWay.incrementAndGet(partition);
    byte[] value = new RecordValue(runId, number, 0, partition, seq).encode(VALUE_BYTES);
    var _ =
        producer
            .send(new ProducerRecord(topic, partition, null, value, List.of(), ProducerRecord.NOW))
            .whenComplete(
                (position, failure) -> {
                  underWay.decrementAndGet(partition);
                  if (failure == null) {
                    ledger.acknowledged(seq, position.offset());
                    acknowledged.incrementAndGet();
                  } else {
                    ledger.failed(seq);
                    failed.accept(failure);
                  }
                });
  }
}
