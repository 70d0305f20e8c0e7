package dev.funes.chaos.idempotence;

import dev.funes.client.Admin;
import dev.funes.client.ClientConfig;
import dev.funes.client.ClusterDescription;
import dev.funes.client.FunesException;
import dev.funes.client.NodeAddress;
import dev.funes.client.RaftGroupDescription;
import dev.funes.client.RaftReplicaDescription;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Gives the lead of one raft group after the other to another replica, as {@code funes cluster
 * transfer-leader} does, until it is stopped. A batch that was sent to the old leader is sent again
 * to the new one, which has to know it.
 */
final class LeadMoves implements AutoCloseable {
  private static final Duration ANSWER = Duration.ofSeconds(10);
  private static final long SEEN_NANOS_MAX = TimeUnit.SECONDS.toNanos(30);
  private static final long LOOK_MILLIS = 200;
  private static final long JOIN_MILLIS = 30_000;

  private final List<NodeAddress> nodes;
  private final SplittableRandom random;
  private final Duration every;
  private final Consumer<String> journal;
  private final Thread thread = new Thread(this::run, "lead-moves");
  private final AtomicInteger asked = new AtomicInteger();
  private final AtomicInteger seen = new AtomicInteger();

  LeadMoves(List<NodeAddress> nodes, long seed, Duration every, Consumer<String> journal) {
    this.nodes = nodes;
    this.random = new SplittableRandom(seed * 61);
    this.every = every;
    this.journal = journal;
  }

  void start() {
    thread.start();
  }

  /** How many were asked for; some come to nothing because a node is down. */
  int asked() {
    return asked.get();
  }

  /** How many were seen: another node led than before, and it was the one that was to. */
  int seen() {
    return seen.get();
  }

  private void run() {
    ClientConfig config =
        ClientConfig.builder()
            .servers(nodes.stream().map(NodeAddress::server).toList())
            .requestTimeout(ANSWER)
            .build();
    try (Admin admin = Admin.open(config)) {
      while (true) {
        Thread.sleep(every);
        try {
          move(admin);
        } catch (FunesException e) {
          // A node is down, or nobody leads just now: the next one may work.
        }
      }
    } catch (InterruptedException e) {
      // It is over.
    } catch (RuntimeException e) {
      journal.accept("the moves of leads end: " + e);
    }
  }

  private void move(Admin admin) throws InterruptedException {
    List<RaftGroupDescription> groups =
        admin.describeCluster().raftGroups().stream()
            .filter(group -> group.raftGroup() > 0 && group.leader() != null)
            .toList();
    if (groups.isEmpty()) {
      return;
    }
    RaftGroupDescription group = groups.get(random.nextInt(groups.size()));
    List<NodeAddress> others =
        group.replicas().stream()
            .map(RaftReplicaDescription::address)
            .filter(address -> !address.equals(group.leader()))
            .toList();
    if (others.isEmpty()) {
      return;
    }
    int next = others.get(random.nextInt(others.size())).nodeId();
    asked.incrementAndGet();
    admin.transferLeader(group.raftGroup(), next);
    long begin = System.nanoTime();
    while (System.nanoTime() - begin < SEEN_NANOS_MAX) {
      if (leads(admin.describeCluster(), group.raftGroup(), next)) {
        seen.incrementAndGet();
        journal.accept(
            "raft group %d is led by node %d, %.1f s after it was asked for"
                .formatted(group.raftGroup(), next, (System.nanoTime() - begin) / 1e9));
        return;
      }
      Thread.sleep(LOOK_MILLIS);
    }
  }

  private static boolean leads(ClusterDescription cluster, int raftGroup, int nodeId) {
    return cluster.raftGroups().stream()
        .filter(group -> group.raftGroup() == raftGroup)
        .map(RaftGroupDescription::leader)
        .anyMatch(leader -> leader != null && leader.nodeId() == nodeId);
  }

  @Override
  public void close() {
    thread.interrupt();
    try {
      thread.join(JOIN_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
