package dev.funes.client;

import java.util.List;

/**
 * What the cluster is made of and how it fares.
 *
 * @param nodeId the node that answered
 * @param healthy every node answers, every raft group has a leader, no replica is far behind
 * @param problems why it is not healthy, a line each
 */
public record ClusterDescription(
    String clusterId,
    int nodeId,
    List<NodeDescription> nodes,
    List<RaftGroupDescription> raftGroups,
    boolean healthy,
    List<String> problems) {
  public ClusterDescription {
    nodes = List.copyOf(nodes);
    raftGroups = List.copyOf(raftGroups);
    problems = List.copyOf(problems);
  }
}
