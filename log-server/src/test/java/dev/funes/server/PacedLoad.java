package dev.funes.server;

import static org.awaitility.Awaitility.await;

import dev.funes.client.Producer;
import java.time.Duration;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Writes so many numbered records a second, to all partitions of a topic in turn. */
final class PacedLoad implements AutoCloseable {
  private static final int TICK_MILLIS = 10;
  private static final int IN_FLIGHT_MAX = 2_000;

  private final String topic;
  private final int partitions;
  private final int perTick;
  private final Producer producer;
  private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();
  private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
  private final AtomicInteger inFlight = new AtomicInteger();
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private int sent;

  private PacedLoad(String servers, String topic, int partitions, int recordsPerSecond) {
    this.topic = topic;
    this.partitions = partitions;
    this.perTick = recordsPerSecond * TICK_MILLIS / 1_000;
    this.producer = Producer.open(TestClients.config(servers));
  }

  static PacedLoad start(String servers, String topic, int partitions, int recordsPerSecond) {
    PacedLoad load = new PacedLoad(servers, topic, partitions, recordsPerSecond);
    var _ = load.timer.scheduleAtFixedRate(load::tick, 0, TICK_MILLIS, TimeUnit.MILLISECONDS);
    return load;
  }

  private void tick() {
    for (int i = 0; i < perTick && inFlight.get() < IN_FLIGHT_MAX; i++) {
      String value = "record " + sent;
      int partition = sent++ % partitions;
      inFlight.incrementAndGet();
      var _ =
          producer
              .send(TestClients.record(topic, partition, value))
              .whenComplete(
                  (_, failure) -> {
                    inFlight.decrementAndGet();
                    if (failure == null) {
                      acknowledged.add(value);
                    } else {
                      failures.add(failure);
                    }
                  });
    }
  }

  /** Everything that was written, when nothing more will be. */
  Set<String> stop() throws InterruptedException {
    timer.shutdown();
    var _ = timer.awaitTermination(1, TimeUnit.MINUTES);
    producer.flush();
    await().atMost(Duration.ofSeconds(60)).until(() -> inFlight.get() == 0);
    if (!failures.isEmpty()) {
      throw new AssertionError("a record was not written", failures.peek());
    }
    return acknowledged;
  }

  @Override
  public void close() {
    timer.shutdownNow();
    producer.close();
  }
}
