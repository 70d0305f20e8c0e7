package dev.funes.chaos.fault;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.funes.client.ClientConfig;
import dev.funes.client.ConsumedRecord;
import dev.funes.client.Consumer;
import dev.funes.client.Producer;
import dev.funes.client.ProducerRecord;
import dev.funes.client.RecordPosition;
import dev.funes.client.TopicPartition;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Sends numbered records to one partition, a few in flight, and remembers what was acknowledged.
 */
final class AckedLoad implements AutoCloseable {
  private static final int IN_FLIGHT = 16;
  private static final long JOIN_MILLIS_MAX = 10_000;

  private final ClientConfig config;
  private final String topic;
  private final byte[] filling;
  private final int recordsMax;
  private final Map<Long, String> acked = new ConcurrentHashMap<>();
  private final AtomicInteger failures = new AtomicInteger();
  private final Semaphore room = new Semaphore(IN_FLIGHT);
  private final Thread thread;
  private volatile Throwable lastFailure = new IllegalStateException("none");
  private volatile boolean over;

  private AckedLoad(ClientConfig config, String topic, int recordBytes, int recordsMax) {
    this.config = config;
    this.topic = topic;
    this.recordsMax = recordsMax;
    this.filling = new byte[recordBytes];
    new Random(1).nextBytes(filling);
    this.thread = Thread.ofPlatform().daemon().name("load").start(this::run);
  }

  /** Until it is closed. */
  static AckedLoad start(ClientConfig config, String topic, int recordBytes) {
    return new AckedLoad(config, topic, recordBytes, Integer.MAX_VALUE);
  }

  /** So many, however quick the machine is. */
  static AckedLoad startUpTo(int recordsMax, ClientConfig config, String topic, int recordBytes) {
    return new AckedLoad(config, topic, recordBytes, recordsMax);
  }

  private void run() {
    try (Producer producer = Producer.open(config)) {
      for (int number = 0; !over && number < recordsMax; number++) {
        room.acquireUninterruptibly();
        byte[] value = Arrays.copyOf(filling, filling.length);
        byte[] key = Integer.toString(number).getBytes(UTF_8);
        System.arraycopy(key, 0, value, 0, key.length);
        String sent = new String(key, UTF_8);
        var _ =
            producer
                .send(new ProducerRecord(topic, 0, key, value, List.of(), ProducerRecord.NOW))
                .whenComplete((position, failure) -> answered(sent, position, failure));
      }
      producer.flush();
    }
  }

  private void answered(String sent, RecordPosition position, @Nullable Throwable failure) {
    if (failure == null) {
      acked.put(position.offset(), sent);
    } else {
      Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
      lastFailure = cause == null ? failure : cause;
      failures.incrementAndGet();
    }
    room.release();
  }

  int ackedCount() {
    return acked.size();
  }

  int failureCount() {
    return failures.get();
  }

  Throwable lastFailure() {
    return lastFailure;
  }

  void awaitMore(int records) {
    int before = acked.size();
    await().atMost(Duration.ofSeconds(60)).until(() -> acked.size() >= before + records);
  }

  /** All that it may send is acknowledged. */
  void awaitAll() {
    await().atMost(Duration.ofSeconds(60)).until(() -> acked.size() == recordsMax);
  }

  /** Everything that was acknowledged is there, where it was said to be. */
  void assertAllIsThere() {
    Map<Long, String> expected = new HashMap<>(acked);
    Map<Long, String> found = new HashMap<>();
    TopicPartition partition = new TopicPartition(topic, 0);
    try (Consumer consumer = Consumer.open(config, null)) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      consumer.stopAtEnd();
      while (!consumer.atEnd()) {
        for (ConsumedRecord record : consumer.poll(Duration.ofSeconds(10))) {
          byte[] key = record.record().key();
          found.put(record.offset(), key == null ? "" : new String(key, UTF_8));
        }
      }
    }
    assertThat(found).containsAllEntriesOf(expected);
  }

  @Override
  public void close() {
    over = true;
    room.release(IN_FLIGHT);
    try {
      thread.join(JOIN_MILLIS_MAX); // it goes with the process at the latest
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
