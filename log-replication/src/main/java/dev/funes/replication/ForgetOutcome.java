package dev.funes.replication;

import dev.funes.cluster.NodeId;
import org.jspecify.annotations.Nullable;

/** Whether a raft group counts on the replica of a node. */
public sealed interface ForgetOutcome {

  /** It does not: the node is not one of its voters, and a quorum has confirmed that. */
  record Forgotten() implements ForgetOutcome {}

  /** It does, or it is not certain; to be asked again. */
  record NotYet(String why) implements ForgetOutcome {}

  /** Another node has to be asked. */
  record NotLeader(@Nullable NodeId leader) implements ForgetOutcome {
    /**
     * Another node leads.
     *
     * @param leader null when nobody is known to
     */
    public NotLeader(@Nullable NodeId leader) {
      this.leader = leader;
    }
  }
}
