package dev.funes.client;

import java.util.List;

/**
 * What the cluster is made of and how it fares.
 *
 * @param nodeId the node that answered
 * @param healthy every node answers, every raft group has a leader, no replica is far behind
 * @param problems why it is not healthy, a line each
 * @param members what is stored of the nodes
 * @param replicationFactor nodes that have each data raft group
 * @param balancing raft groups are being spread evenly
 * @param movesLeft how often a raft group is yet to move before what was asked for is done; one
 *     that moves counts, and one whose voters are not known just now
 */
public record ClusterDescription(
    String clusterId,
    int nodeId,
    List<NodeDescription> nodes,
    List<RaftGroupDescription> raftGroups,
    boolean healthy,
    List<String> problems,
    List<ClusterMember> members,
    int replicationFactor,
    boolean balancing,
    int movesLeft) {
  /** Half a second of a raft group that takes a hundred entries a second. */
  private static final long CAUGHT_UP_ENTRIES_MAX = 50;

  public ClusterDescription {
    nodes = List.copyOf(nodes);
    raftGroups = List.copyOf(raftGroups);
    problems = List.copyOf(problems);
    members = List.copyOf(members);
  }

  /**
   * True when the cluster is healthy and no replica is more than 50 Raft entries behind its leader:
   * the next node may be stopped, and nobody will have to wait for one that still catches up. Under
   * full load this comes and goes.
   */
  public boolean isCaughtUp() {
    return healthy
        && raftGroups.stream()
            .flatMap(group -> group.replicas().stream())
            .map(RaftReplicaDescription::lagEntries)
            .allMatch(lag -> lag != null && lag <= CAUGHT_UP_ENTRIES_MAX);
  }
}
