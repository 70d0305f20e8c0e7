package dev.funes.chaos.workload;

import dev.funes.client.Admin;
import dev.funes.client.ClientConfig;
import dev.funes.client.ClusterDescription;
import dev.funes.client.FunesException;
import dev.funes.client.NodeAddress;
import dev.funes.client.NodeDescription;
import dev.funes.client.RaftGroupDescription;
import dev.funes.client.RaftReplicaDescription;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Waits until all replicas have applied the same, and nothing moves any more. */
public final class Quiescence {
  private static final long PAUSE_MILLIS = 2_000;

  private Quiescence() {}

  /**
   * Waits until twice, two seconds apart, every node answered, every raft group had a leader, and
   * all replicas had applied the same.
   *
   * @return empty, or what was still wrong after that time
   */
  public static String await(List<NodeAddress> nodes, int secondsMax) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(secondsMax);
    ClientConfig config =
        ClientConfig.builder().servers(nodes.stream().map(NodeAddress::server).toList()).build();
    try (Admin admin = Admin.open(config)) {
      List<Long> before = List.of();
      String problem = "nobody was asked";
      while (System.nanoTime() < end) {
        List<Long> applied = new ArrayList<>();
        problem = look(admin, applied);
        if (problem.isEmpty() && applied.equals(before)) {
          return "";
        }
        before = problem.isEmpty() ? applied : List.of();
        Thread.sleep(PAUSE_MILLIS);
      }
      return problem.isEmpty() ? "the replicas go on applying" : problem;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "interrupted";
    }
  }

  private static String look(Admin admin, List<Long> applied) {
    ClusterDescription cluster;
    try {
      cluster = admin.describeCluster();
    } catch (FunesException e) {
      return "the cluster does not answer: " + e.getMessage();
    }
    for (NodeDescription node : cluster.nodes()) {
      if (!node.reachable()) {
        return node.address() + " does not answer";
      }
    }
    for (RaftGroupDescription group : cluster.raftGroups()) {
      if (group.leader() == null) {
        return "raft group %d has no leader".formatted(group.raftGroup());
      }
      Long first = null;
      for (RaftReplicaDescription replica : group.replicas()) {
        Long index = replica.appliedIndex();
        if (index == null) {
          return "%s says nothing of raft group %d".formatted(replica.address(), group.raftGroup());
        }
        if (first != null && !first.equals(index)) {
          return "raft group %d: %s has applied %d, another %d"
              .formatted(group.raftGroup(), replica.address(), index, first);
        }
        first = index;
        applied.add(index);
      }
    }
    return "";
  }
}
