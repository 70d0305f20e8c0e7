package dev.funes.raft;

import dev.funes.cluster.NodeId;
import dev.funes.cluster.RaftGroupId;
import java.util.concurrent.CompletableFuture;

/** Asks other nodes how far their replicas have come. Any thread. */
@FunctionalInterface
public interface AppliedIndexes {

  /**
   * Raft index of the last entry of the raft group that the node has applied. Bounded in time;
   * fails when the node does not answer.
   */
  CompletableFuture<Long> ask(NodeId node, RaftGroupId id);
}
