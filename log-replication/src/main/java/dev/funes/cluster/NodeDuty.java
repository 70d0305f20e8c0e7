package dev.funes.cluster;

/** What the cluster asks of a node. */
public sealed interface NodeDuty {

  /** It has its share of the raft groups. */
  record Active() implements NodeDuty {}

  /** It is to have no data raft group: what it has moves to other nodes. */
  record Drained() implements NodeDuty {}

  /**
   * It is gone for good: its successor takes its place in every raft group, and then it is removed.
   */
  record Replaced(NodeId successor) implements NodeDuty {}

  /** False for a node that is to lose its data raft groups. */
  default boolean isActive() {
    return this instanceof Active;
  }
}
