package dev.funes.chaos.idempotence;

import dev.funes.chaos.cluster.ChaosCluster;
import dev.funes.chaos.cluster.ChaosNode;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** Takes one node after the other down, half of them without a word, until it is stopped. */
final class Restarts implements AutoCloseable {
  private static final Duration HEALTHY = Duration.ofMinutes(3);
  private static final long DOWN_MILLIS_MAX = 10_000;
  private static final long JOIN_MILLIS = 60_000;

  private final ChaosCluster cluster;
  private final SplittableRandom random;
  private final Duration every;
  private final Consumer<String> journal;
  private final Thread thread = new Thread(this::run, "restarts");
  private volatile boolean stopped;
  private final AtomicInteger count = new AtomicInteger();

  Restarts(ChaosCluster cluster, long seed, Duration every, Consumer<String> journal) {
    this.cluster = cluster;
    this.random = new SplittableRandom(seed * 59);
    this.every = every;
    this.journal = journal;
  }

  void start() {
    thread.start();
  }

  /** How many there were. */
  int count() {
    return count.get();
  }

  private void run() {
    try {
      while (!stopped) {
        Thread.sleep(every);
        restart();
      }
    } catch (InterruptedException e) {
      // It is over; the node that was down is started by whoever ends this.
    } catch (IOException e) {
      journal.accept("the restarts end: " + e.getMessage());
    }
  }

  private void restart() throws IOException, InterruptedException {
    cluster.awaitHealthy(HEALTHY); // so that a majority stays
    List<Integer> ids = cluster.nodeIds();
    ChaosNode node = cluster.node(ids.get(random.nextInt(ids.size())));
    boolean kill = random.nextBoolean();
    journal.accept((kill ? "kill -9 of node " : "restart of node ") + node.id());
    if (kill) {
      node.killAndHold();
    } else {
      node.stopAndHold();
    }
    count.incrementAndGet();
    try {
      Thread.sleep(random.nextLong(DOWN_MILLIS_MAX));
    } finally {
      node.start();
    }
  }

  @Override
  public void close() {
    stopped = true;
    thread.interrupt();
    try {
      thread.join(JOIN_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    cluster.nodes().forEach(ChaosNode::start);
  }
}
