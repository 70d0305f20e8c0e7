package dev.funes.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.funes.proto.v1.Error;
import dev.funes.proto.v1.ErrorCode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Consumers as members of a consumer group whose coordinator the test plays. */
abstract class FakeGroupMembers {
  static final TopicPartition P0 = new TopicPartition("orders", 0);
  static final TopicPartition P1 = new TopicPartition("orders", 1);
  static final Duration LONG = Duration.ofSeconds(20);
  static final Duration SHORT = Duration.ofMillis(20);

  FakeCluster cluster;
  FakeGroup group;

  /** Writes down what it hears. */
  static final class Heard implements RebalanceListener {
    final List<String> all = new ArrayList<>();

    @Override
    public void onAssigned(Consumer consumer, Collection<TopicPartition> partitions) {
      all.add("assigned " + partitions);
    }

    @Override
    public void onRevoked(Consumer consumer, Collection<TopicPartition> partitions) {
      all.add("revoked " + partitions);
    }

    @Override
    public void onLost(Consumer consumer, Collection<TopicPartition> partitions) {
      all.add("lost " + partitions);
    }
  }

  final Heard heard = new Heard();

  @BeforeEach
  void start() throws IOException {
    cluster = FakeCluster.start(2).topic("orders", 2);
    group = cluster.group;
  }

  @AfterEach
  void stop() {
    cluster.close();
  }

  void write(TopicPartition partition, int count) {
    try (Producer producer = Producer.open(cluster.config().build())) {
      for (int i = 0; i < count; i++) {
        producer
            .send(
                new ProducerRecord(
                    partition.topic(),
                    partition.partition(),
                    null,
                    "value".getBytes(UTF_8),
                    List.of(),
                    1_000 + i))
            .join();
      }
    }
  }

  Consumer open(GroupOptions.Builder options) {
    Consumer consumer = Consumer.open(cluster.config().build(), "shipping", options.build());
    consumer.subscribe(Subscription.to("orders"), heard);
    return consumer;
  }

  /** Commits as soon as it may. */
  static GroupOptions.Builder eager() {
    return GroupOptions.builder().commitInterval(Duration.ZERO);
  }

  /** Commits before it lets go and when it is closed. */
  static GroupOptions.Builder lazy() {
    return GroupOptions.builder().commitInterval(Duration.ofHours(1));
  }

  static int read(Consumer consumer, int count) {
    int read = 0;
    while (read < count) {
      int some = consumer.poll(LONG).size();
      assertThat(some).as("after %d of %d", read, count).isPositive();
      read += some;
    }
    return read;
  }

  static void pollUntil(Consumer consumer, BooleanSupplier condition) {
    await()
        .atMost(LONG)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(1))
        .until(
            () -> {
              assertThat(consumer.poll(SHORT)).isEmpty();
              return condition.getAsBoolean();
            });
  }

  static Error error(ErrorCode code) {
    return Error.newBuilder().setCode(code).setMessage("refused by the test").build();
  }
}
