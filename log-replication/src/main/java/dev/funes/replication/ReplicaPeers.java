package dev.funes.replication;

import dev.funes.cluster.NodeEndpoint;
import dev.funes.cluster.NodeId;
import dev.funes.cluster.RaftGroupId;
import java.util.concurrent.CompletableFuture;

/** How a replica reaches the replicas of the other nodes. */
@FunctionalInterface
public interface ReplicaPeers {

  /**
   * Asks a node what {@link Replica#forget} does there. Bounded in time; fails when the node does
   * not answer.
   */
  CompletableFuture<ForgetOutcome> forget(
      NodeEndpoint to, RaftGroupId id, NodeId lost, boolean onlyAsk);
}
