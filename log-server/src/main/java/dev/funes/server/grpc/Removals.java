package dev.funes.server.grpc;

import dev.funes.cluster.NodeId;
import dev.funes.proto.v1.DescribeClusterResponse;
import dev.funes.proto.v1.RaftGroup;

/**
 * Whether a node can be removed. Where a raft group is placed is only what is wished: until its
 * leader has taken the node out of the voters, its quorum counts on the node, and would be gone
 * with two of them.
 */
final class Removals {
  private static final int RETRY_MILLIS = 500;

  private Removals() {}

  /**
   * Refuses for now, as something has yet to end. A node on which data raft groups are placed is
   * passed on: the metadata refuses that, for good.
   *
   * @param now as all nodes see the cluster
   * @throws RequestProblem RETRY
   */
  static void demandNoVote(NodeId node, DescribeClusterResponse now) {
    for (RaftGroup group : now.getRaftGroupsList()) {
      if (!isMetadata(group) && group.getWishedList().contains(node.value())) {
        return;
      }
    }
    for (RaftGroup group : now.getRaftGroupsList()) {
      if (group.getVotersCount() == 0) {
        throw notYet(
            "raft group %d: its voters are not known just now, so node %s stays"
                .formatted(group.getRaftGroup(), node));
      }
      if (isMetadata(group) && !group.getWishedList().containsAll(group.getVotersList())) {
        throw notYet(
            "raft group 0: the node that was removed before is still a voter, so node %s stays"
                .formatted(node));
      }
      if (!isMetadata(group) && group.getVotersList().contains(node.value())) {
        throw notYet(
            "raft group %d: node %s is still a voter, it is being taken out (see funes cluster status)"
                .formatted(group.getRaftGroup(), node));
      }
    }
  }

  private static boolean isMetadata(RaftGroup group) {
    return group.getRaftGroup() == 0;
  }

  private static RequestProblem notYet(String message) {
    return new RequestProblem(Errors.retry(message, RETRY_MILLIS));
  }
}
