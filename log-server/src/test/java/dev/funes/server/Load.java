package dev.funes.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.funes.client.ConsumedRecord;
import dev.funes.client.Producer;
import dev.funes.client.RecordPosition;
import dev.funes.client.TopicPartition;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/**
 * Writes numbered events to the partitions of a topic until it is told to stop, and knows what
 * became of each. That takes memory for each of them, so it writes no faster than it has to.
 */
final class Load implements AutoCloseable {
  private static final int IN_FLIGHT_MAX = 300;
  private static final long PAUSE_NANOS = 1_000_000; // at most 1,000 events a second
  private static final String PREFIX = "event ";

  private final String servers;
  private final String topic;
  private final int partitions;
  private final Producer producer;
  private final Map<String, RecordPosition> acknowledged = new ConcurrentHashMap<>();
  private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
  private final Semaphore room = new Semaphore(IN_FLIGHT_MAX);
  private final Thread writer = Thread.ofPlatform().daemon().unstarted(this::write);
  private volatile boolean stopped;
  private volatile int sent;

  private Load(String servers, String topic, int partitions) {
    this.servers = servers;
    this.topic = topic;
    this.partitions = partitions;
    this.producer = Producer.open(TestClients.config(servers));
  }

  static Load start(String servers, String topic, int partitions) {
    Load load = new Load(servers, topic, partitions);
    load.writer.start();
    return load;
  }

  /** Waits until that many more events have been acknowledged. */
  void awaitMore(int count) {
    int enough = acknowledged.size() + count;
    await().atMost(Duration.ofSeconds(90)).until(() -> acknowledged.size() >= enough);
  }

  /** Waits for what is under way. Nothing may have failed: the producer tries again. */
  void stop() throws InterruptedException {
    stopped = true;
    writer.join();
    producer.flush();
    room.acquire(IN_FLIGHT_MAX);
    assertThat(failures).isEmpty();
    assertThat(acknowledged).hasSize(sent);
  }

  /** Everything that was acknowledged is there once, where it was said to be, and in order. */
  void assertAllIsThereOnce() {
    List<TopicPartition> all =
        IntStream.range(0, partitions).mapToObj(i -> new TopicPartition(topic, i)).toList();
    List<ConsumedRecord> read = TestClients.consume(servers, all);

    assertThat(read).hasSize(acknowledged.size());
    Map<Integer, Integer> last = new HashMap<>();
    for (ConsumedRecord record : read) {
      RecordPosition position = acknowledged.get(TestClients.value(record));
      assertThat(position)
          .isEqualTo(
              new RecordPosition(
                  topic, record.partition(), record.offset(), record.record().timestampMillis()));
      int number = Integer.parseInt(TestClients.value(record).substring(PREFIX.length()));
      Integer before = last.put(record.partition(), number);
      assertThat(before == null ? -1 : before).as("before %s", record).isLessThan(number);
    }
  }

  @Override
  public void close() {
    stopped = true;
    room.release(IN_FLIGHT_MAX);
    producer.close();
  }

  private void write() {
    for (int i = 0; !stopped; i++) {
      String value = PREFIX + i;
      room.acquireUninterruptibly();
      if (stopped) {
        room.release();
        return;
      }
      sent = i + 1;
      var _ =
          producer
              .send(TestClients.record(topic, i % partitions, value))
              .whenComplete(
                  (position, failure) -> {
                    if (failure == null) {
                      acknowledged.put(value, position);
                    } else {
                      failures.add(failure);
                    }
                    room.release();
                  });
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }
}
