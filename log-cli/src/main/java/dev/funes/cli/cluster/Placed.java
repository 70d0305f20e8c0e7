package dev.funes.cli.cluster;

import dev.funes.client.ClusterDescription;
import dev.funes.client.ClusterMember;
import dev.funes.client.RaftGroupDescription;
import org.jspecify.annotations.Nullable;

/** What a description of the cluster says of one node. */
final class Placed {
  private Placed() {}

  static @Nullable ClusterMember member(ClusterDescription cluster, int node) {
    return cluster.members().stream()
        .filter(member -> member.node().nodeId() == node)
        .findFirst()
        .orElse(null);
  }

  /** It runs, is known, and votes in the metadata raft group. */
  static boolean isIn(ClusterDescription cluster, int node) {
    ClusterMember member = member(cluster, node);
    return member != null
        && !member.dataId().isEmpty()
        && cluster.raftGroups().stream()
            .filter(group -> group.raftGroup() == 0)
            .allMatch(
                group -> group.placement().isDone() && group.placement().voters().contains(node));
  }

  /** No data raft group is on it, nor should be. */
  static boolean isEmpty(ClusterDescription cluster, int node) {
    return cluster.raftGroups().stream()
        .filter(group -> group.raftGroup() != 0)
        .allMatch(group -> isOff(group, node));
  }

  /** It is not in the cluster any more, and no raft group counts on it. */
  static boolean isGone(ClusterDescription cluster, int node) {
    return member(cluster, node) == null
        && cluster.raftGroups().stream().allMatch(group -> isOff(group, node));
  }

  /** Nothing is to move, and nothing moves. */
  static boolean isSettled(ClusterDescription cluster) {
    return !cluster.balancing()
        && cluster.movesLeft() == 0
        && cluster.raftGroups().stream().allMatch(group -> group.placement().isDone());
  }

  private static boolean isOff(RaftGroupDescription group, int node) {
    return group.placement().isDone()
        && !group.placement().voters().contains(node)
        && !group.placement().wished().contains(node);
  }
}
