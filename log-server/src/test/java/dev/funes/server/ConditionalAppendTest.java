package dev.funes.server;

import static dev.funes.server.TestClients.record;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.funes.client.Admin;
import dev.funes.client.ConsumedRecord;
import dev.funes.client.ErrorCode;
import dev.funes.client.FunesException;
import dev.funes.client.NodeAddress;
import dev.funes.client.Producer;
import dev.funes.client.ProducerRecord;
import dev.funes.client.TopicPartition;
import dev.funes.client.TopicSettings;
import dev.funes.server.testing.FunesCluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Rivals append where they saw a partition end, while its leader is taken away. */
class ConditionalAppendTest {
  private static final TopicPartition LEDGER = new TopicPartition("ledger", 0);
  private static final int RIVALS = 3;
  private static final int ENOUGH = 60;

  @RegisterExtension final FunesCluster cluster = FunesCluster.ofNodes(3);

  private volatile boolean stopped;

  /** What a rival wrote, in order: each value says at which offset it expected to be. */
  private final Queue<String> won = new ConcurrentLinkedQueue<>();

  private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();

  @Test
  void everyWinnerSawTheEndAndNothingIsLostOrDoubledWhenLeadersGo() throws InterruptedException {
    long seed = Long.getLong("funes.seed", System.nanoTime());
    System.out.println("seed: -Dfunes.seed=" + seed);
    try (Admin admin = Admin.open(TestClients.config(cluster.addresses()))) {
      admin.createTopic(LEDGER.topic(), 1, TopicSettings.DEFAULTS);
      List<Thread> rivals =
          IntStream.range(0, RIVALS)
              .mapToObj(rival -> Thread.ofVirtual().start(() -> race(rival, seed)))
              .toList();
      for (int round = 0; round < 2; round++) {
        awaitMore();
        NodeAddress leader = admin.describeTopic(LEDGER.topic()).partitions().getFirst().leader();
        int node = leader == null ? 1 : leader.nodeId();
        cluster.kill(node);
        awaitMore();
        cluster.restart(node);
        cluster.awaitLeaders();
      }
      awaitMore();
      stopped = true;
      for (Thread rival : rivals) {
        rival.join();
      }
    }

    assertThat(failures).isEmpty();
    List<ConsumedRecord> log = TestClients.consume(cluster.addresses(), List.of(LEDGER));
    List<String> values = log.stream().map(TestClients::value).toList();
    assertThat(values).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(won);
    for (int offset = 0; offset < values.size(); offset++) {
      assertThat(values.get(offset)).endsWith("@" + offset);
    }
  }

  private void awaitMore() {
    int enough = won.size() + ENOUGH;
    await().atMost(Duration.ofSeconds(60)).until(() -> won.size() >= enough || !failures.isEmpty());
  }

  private void race(int rival, long seed) {
    Random random = new Random(seed + rival);
    try (Producer producer = Producer.open(TestClients.config(cluster.addresses()))) {
      long end = 0;
      for (int round = 0; !stopped; round++) {
        List<ProducerRecord> records = new ArrayList<>();
        for (int i = random.nextInt(3); i >= 0; i--) {
          long offset = end + records.size();
          records.add(record(LEDGER.topic(), 0, rival + "/" + round + "@" + offset));
        }
        end = append(producer, end, records);
      }
    } catch (Throwable e) { // Of a thread that nobody would hear of otherwise.
      failures.add(e);
    }
  }

  /** Returns where the partition ends then. */
  private long append(Producer producer, long end, List<ProducerRecord> records) {
    try {
      long offset = producer.appendAt(LEDGER, end, records).join().offset();
      assertThat(offset).isEqualTo(end);
      records.forEach(record -> won.add(value(record)));
      return end + records.size();
    } catch (CompletionException e) {
      if (e.getCause() instanceof FunesException conflict
          && conflict.code() == ErrorCode.OFFSET_CONFLICT) {
        assertThat(conflict).hasMessageContaining("not at the expected " + end);
        return conflict.limit();
      }
      throw e;
    }
  }

  private static String value(ProducerRecord record) {
    byte[] value = record.value();
    return value == null ? "" : new String(value, UTF_8);
  }
}
