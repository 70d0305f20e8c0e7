package dev.funes.replication;

import dev.funes.cluster.NodeEndpoint;
import dev.funes.cluster.NodeId;
import dev.funes.cluster.RaftGroupId;
import java.util.concurrent.CompletableFuture;

/** How a replica reaches the replicas of the other nodes. */
public interface ReplicaPeers {

  /**
   * Asks a node what {@link Replica#forget} does there. Bounded in time; fails when the node does
   * not answer.
   */
  CompletableFuture<ForgetOutcome> forget(
      NodeEndpoint to, RaftGroupId id, NodeId lost, boolean onlyAsk);

  /**
   * Raft index of the last entry that a node has applied of a raft group. Bounded in time; fails
   * when the node does not answer, or has no replica.
   */
  CompletableFuture<Long> appliedIndex(NodeEndpoint of, RaftGroupId id);
}
