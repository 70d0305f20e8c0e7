package dev.funes.chaos.scenario;

import dev.funes.chaos.cluster.ChaosCluster;
import dev.funes.chaos.cluster.Shell;
import dev.funes.client.Admin;
import dev.funes.client.ClusterDescription;
import dev.funes.client.FunesException;
import dev.funes.client.RaftGroupDescription;
import dev.funes.client.RaftReplicaDescription;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** When all replicas have applied the same, and nothing more comes. */
final class Quiescence {
  private static final long APART_MILLIS = 1_000;

  private Quiescence() {}

  /** False when it did not come to that in time. */
  static boolean await(ChaosCluster cluster, Duration limit) throws IOException {
    long begin = System.nanoTime();
    List<Long> before = List.of();
    try (Admin admin = cluster.admin()) {
      while (System.nanoTime() - begin < limit.toNanos()) {
        List<Long> now = applied(admin);
        if (!now.isEmpty() && now.equals(before)) {
          return true;
        }
        before = now;
        Shell.pause(APART_MILLIS);
      }
    }
    return false;
  }

  /** The applied index of each raft group; empty while replicas differ or do not answer. */
  private static List<Long> applied(Admin admin) {
    ClusterDescription description;
    try {
      description = admin.describeCluster();
    } catch (FunesException e) {
      return List.of();
    }
    if (!description.healthy()) {
      return List.of();
    }
    for (RaftGroupDescription raftGroup : description.raftGroups()) {
      Set<Long> indexes = new HashSet<>();
      for (RaftReplicaDescription replica : raftGroup.replicas()) {
        Long index = replica.appliedIndex();
        if (index == null) {
          return List.of();
        }
        indexes.add(index);
      }
      if (indexes.size() > 1) {
        return List.of();
      }
    }
    return description.raftGroups().stream()
        .map(raftGroup -> raftGroup.replicas().getFirst().appliedIndex())
        .filter(Objects::nonNull)
        .toList();
  }
}
