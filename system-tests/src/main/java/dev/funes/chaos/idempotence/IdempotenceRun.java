package dev.funes.chaos.idempotence;

import dev.funes.chaos.proxy.LyingProxy;
import dev.funes.chaos.proxy.UnsureAcks;
import dev.funes.chaos.workload.ReplicaReads;
import dev.funes.client.Admin;
import dev.funes.client.ClientConfig;
import dev.funes.client.NodeAddress;
import dev.funes.client.PartitionDescription;
import dev.funes.client.ServerAddress;
import dev.funes.client.TopicPartition;
import dev.funes.client.TopicSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * Sends records through {@link UnsureAcks}, while somebody may restart the nodes, and then reads
 * every replica past the proxy.
 */
final class IdempotenceRun {
  private static final Duration ADMIN_TIMEOUT = Duration.ofSeconds(60);
  private static final long PROGRESS_MILLIS = 5_000;
  private static final int FAILURES_TOLD_MAX = 10;

  private final List<NodeAddress> nodes;
  private final String topic;
  private final int runId;
  private final long seed;
  private final long sends;
  private final int partitions;
  private final Ledger[][] ledgers; // by producer and partition
  private final AtomicLong acknowledged = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();

  /**
   * @param nodes where the real nodes are
   * @param topic that does not exist yet
   */
  IdempotenceRun(
      List<NodeAddress> nodes,
      String topic,
      int runId,
      long seed,
      long sends,
      int producers,
      int partitions) {
    this.nodes = nodes;
    this.topic = topic;
    this.runId = runId;
    this.seed = seed;
    this.sends = sends;
    this.partitions = partitions;
    this.ledgers = new Ledger[producers][partitions];
    for (Ledger[] row : ledgers) {
      for (int i = 0; i < partitions; i++) {
        row[i] = new Ledger();
      }
    }
  }

  /**
   * Sends everything; returns when all sends are settled.
   *
   * @param underWayMax records of a partition that a producer has under way
   * @param requestTimeout of the producers: how soon they send again
   * @param progress hears how it goes, every few seconds
   */
  void send(UnsureAcks acks, int underWayMax, Duration requestTimeout, Consumer<String> progress)
      throws InterruptedException {
    try (Admin admin = admin()) {
      admin.createTopic(topic, partitions, TopicSettings.DEFAULTS);
    }
    try (LyingProxy proxy = LyingProxy.before(nodes, acks)) {
      List<ServerAddress> servers = proxy.addresses().stream().map(NodeAddress::server).toList();
      AtomicReference<RuntimeException> trouble = new AtomicReference<>();
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < ledgers.length; i++) {
        int number = i;
        long share = sends / ledgers.length + (i < sends % ledgers.length ? 1 : 0);
        Sends one =
            new Sends(
                runId, number, topic, ledgers[i], seed, acknowledged, why -> failed(why, progress));
        Thread thread =
            new Thread(
                () -> one.run(servers, share, underWayMax, requestTimeout), "sends-" + number);
        thread.setUncaughtExceptionHandler(
            (_, e) -> trouble.set(new IllegalStateException("a producer has ended", e)));
        thread.start();
        threads.add(thread);
      }
      watch(threads, acks, progress);
      RuntimeException failure = trouble.get();
      if (failure != null) {
        throw failure;
      }
    }
  }

  private void failed(Throwable why, Consumer<String> progress) {
    if (failed.incrementAndGet() <= FAILURES_TOLD_MAX) {
      progress.accept("a send failed: " + why);
    }
  }

  private void watch(List<Thread> threads, UnsureAcks acks, Consumer<String> progress)
      throws InterruptedException {
    long before = 0;
    long started = System.nanoTime();
    boolean alive = true;
    while (alive) {
      long begin = System.nanoTime();
      alive = false;
      for (Thread thread : threads) {
        long left = PROGRESS_MILLIS - (System.nanoTime() - begin) / 1_000_000;
        thread.join(Math.max(1, left));
        if (thread.isAlive()) {
          alive = true;
        }
      }
      long now = acknowledged.get();
      double seconds = (System.nanoTime() - begin) / 1e9;
      double rate = now / Math.max((System.nanoTime() - started) / 1e9, 0.001);
      progress.accept(
          String.format(
              Locale.ROOT,
              "%,d of %,d acknowledged, %,.0f/s, on average %,.0f/s, %,.0f s to go; %s",
              now,
              sends,
              (now - before) / Math.max(seconds, 0.001),
              rate,
              (sends - now) / Math.max(rate, 1),
              acks.text()));
      before = now;
    }
  }

  private Admin admin() {
    return Admin.open(
        ClientConfig.builder()
            .servers(nodes.stream().map(NodeAddress::server).toList())
            .requestTimeout(ADMIN_TIMEOUT)
            .build());
  }

  /**
   * Reads every replica from its node, and counts. All nodes run, and have applied everything.
   *
   * @param progress hears of every partition that was read
   */
  Result count(Consumer<String> progress) {
    List<Tally> tallies = new ArrayList<>();
    try (Admin admin = admin();
        ReplicaReads reads = new ReplicaReads()) {
      for (PartitionDescription each : admin.describeTopic(topic).partitions()) {
        for (NodeAddress node : each.replicas()) {
          tallies.add(tally(reads, node, each.partition()));
        }
        progress.accept(
            String.format(
                Locale.ROOT,
                "partition %d read from %d nodes; %,d records of %,d so far",
                each.partition(),
                each.replicas().size(),
                tallies.stream().mapToLong(Tally::records).sum(),
                acknowledged.get() * each.replicas().size()));
      }
    }
    return Result.of(acknowledged.get(), failed.get(), tallies);
  }

  private Tally tally(ReplicaReads reads, NodeAddress node, int partition) {
    Ledger[] column = new Ledger[ledgers.length];
    for (int i = 0; i < column.length; i++) {
      column[i] = ledgers[i][partition];
    }
    TopicPartition name = new TopicPartition(topic, partition);
    Tally tally = new Tally(runId, "%s on %s".formatted(name, node), partition, column);
    reads.read(node, name, tally::record);
    tally.end();
    return tally;
  }
}
