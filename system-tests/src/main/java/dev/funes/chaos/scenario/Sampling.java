package dev.funes.chaos.scenario;

import dev.funes.chaos.cluster.ChaosCluster;
import dev.funes.chaos.cluster.ChaosNode;
import dev.funes.chaos.history.NemesisLog;
import dev.funes.chaos.workload.Sampler;
import java.util.concurrent.TimeUnit;

/** Notes every ten seconds what each node uses, and on demand what it uses at rest. */
final class Sampling implements AutoCloseable {
  private static final long EVERY_MILLIS = 10_000;
  private static final long AT_REST_NANOS_MIN = TimeUnit.SECONDS.toNanos(60);

  /** A JVM that has only begun may take a question for an order to end. */
  private static final long YOUNG_NANOS = TimeUnit.SECONDS.toNanos(15);

  private final ChaosCluster cluster;
  private final NemesisLog log;
  private final Thread thread = new Thread(this::run, "sampling");
  private long atRestNanos;

  Sampling(ChaosCluster cluster, NemesisLog log) {
    this.cluster = cluster;
    this.log = log;
  }

  void start() {
    thread.setDaemon(true);
    thread.start();
  }

  private void run() {
    try {
      while (true) {
        Thread.sleep(EVERY_MILLIS);
        sample(false);
      }
    } catch (InterruptedException e) {
      // It is over.
    }
  }

  /**
   * The cluster is whole: what nodes use is what they need. Heaps are collected for it, so not more
   * than once a minute.
   */
  void atRest() {
    long now = System.nanoTime();
    if (atRestNanos == 0 || now - atRestNanos >= AT_REST_NANOS_MIN) {
      atRestNow();
    }
  }

  /** The same in any case. */
  void atRestNow() {
    sample(true);
    atRestNanos = System.nanoTime() | 1;
  }

  private void sample(boolean settled) {
    for (ChaosNode node : cluster.nodes()) {
      Process process = node.process();
      if (process != null && (settled || System.nanoTime() - node.startedAtNanos() > YOUNG_NANOS)) {
        Sampler.sample(log, node.id(), process.pid(), node.disk().data(), settled);
      }
    }
  }

  @Override
  public void close() {
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
