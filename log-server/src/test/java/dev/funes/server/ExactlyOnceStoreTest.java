package dev.funes.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.funes.client.Admin;
import dev.funes.client.ClientConfig;
import dev.funes.client.ConsumedRecord;
import dev.funes.client.Consumer;
import dev.funes.client.Delivery;
import dev.funes.client.ErrorCode;
import dev.funes.client.FunesException;
import dev.funes.client.GroupOptions;
import dev.funes.client.Killed;
import dev.funes.client.RebalanceListener;
import dev.funes.client.Subscription;
import dev.funes.client.TopicPartition;
import dev.funes.client.TopicSettings;
import dev.funes.server.testing.FunesCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The example of docs/groups.md: every record counts once in a store, whoever is killed. */
class ExactlyOnceStoreTest {
  private static final int PARTITIONS = 6;

  @RegisterExtension static final FunesCluster CLUSTER = FunesCluster.ofNodes(1);

  /** Stands for a database: what happens in one method happens in one transaction. */
  private static final class Store {
    private final Map<String, Integer> counts = new HashMap<>();
    private final Map<TopicPartition, Long> offsets = new HashMap<>();

    synchronized long nextOffset(TopicPartition partition) {
      return offsets.getOrDefault(partition, 0L);
    }

    synchronized void count(ConsumedRecord record) {
      if (record.offset() < nextOffset(record.topicPartition())) {
        return; // another member was quicker: this one has lost the partition and not heard of it
      }
      counts.merge(TestClients.value(record), 1, Integer::sum);
      offsets.put(record.topicPartition(), record.offset() + 1);
    }

    synchronized Map<String, Integer> counts() {
      return Map.copyOf(counts);
    }
  }

  private static void count(Consumer consumer, Store store, BooleanSupplier goesOn) {
    consumer.subscribe(
        Subscription.to("orders"),
        new RebalanceListener() {
          @Override
          public void onAssigned(Consumer of, Collection<TopicPartition> partitions) {
            for (TopicPartition partition : partitions) {
              of.seek(partition, store.nextOffset(partition)); // the store knows, not the group
            }
          }
        });
    while (goesOn.getAsBoolean()) {
      for (ConsumedRecord record : consumer.poll(Duration.ofMillis(200))) {
        store.count(record); // the count and the offset after the record, in one transaction
      }
    }
  }

  private static Consumer open(ClientConfig config) {
    GroupOptions options =
        GroupOptions.builder()
            .delivery(Delivery.MANUAL)
            .sessionTimeout(Duration.ofSeconds(2))
            .build();
    return Consumer.open(config, "counters", options);
  }

  private static void run(Consumer consumer, Store store, BooleanSupplier goesOn) {
    try (consumer) {
      count(consumer, store, goesOn);
    } catch (FunesException e) {
      assertThat(e.code()).as("of one that was killed").isEqualTo(ErrorCode.CLOSED);
    }
  }

  @Test
  void everyRecordCountsOnceWhoeverIsKilled() throws InterruptedException {
    ClientConfig config = TestClients.config(CLUSTER.addresses());
    try (Admin admin = Admin.open(config)) {
      admin.createTopic("orders", PARTITIONS, TopicSettings.DEFAULTS);
    }
    Store store = new Store();
    Set<Integer> over = ConcurrentHashMap.newKeySet();
    Map<Integer, Consumer> consumers = new ConcurrentHashMap<>();
    LongConsumer start =
        number -> {
          int id = (int) number;
          Consumer consumer = open(config);
          consumers.put(id, consumer);
          Thread.ofPlatform().daemon().start(() -> run(consumer, store, () -> !over.contains(id)));
        };
    Set<String> written;
    try (PacedLoad load = PacedLoad.start(CLUSTER.addresses(), "orders", PARTITIONS, 500)) {
      for (int id = 0; id < 4; id++) {
        start.accept(id);
        int enough = store.counts().size() + 300;
        await().atMost(Duration.ofSeconds(60)).until(() -> store.counts().size() >= enough);
        if (id > 0) {
          over.add(id - 1);
          Killed.kill(Objects.requireNonNull(consumers.get(id - 1)));
        }
      }
      written = load.stop();
    }
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() -> assertThat(store.counts().keySet()).containsAll(written));
    over.add(3);
    assertThat(store.counts().values()).containsOnly(1);
  }

  @Test
  void theGuideShowsThisCode() throws IOException {
    String source =
        Files.readString(Path.of("src/test/java/dev/funes/server/ExactlyOnceStoreTest.java"))
            .replaceAll("\\s+", "");
    Matcher blocks =
        Pattern.compile("```java\n(.*?)```", Pattern.DOTALL)
            .matcher(Files.readString(Path.of("../docs/groups.md")));
    int count = 0;
    while (blocks.find()) {
      count++;
      assertThat(source).contains(blocks.group(1).replaceAll("\\s+", ""));
    }
    assertThat(count).isEqualTo(2);
  }
}
