package dev.funes.replication;

import dev.funes.cluster.NodeId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What became of a change to the placement or to the nodes. */
public sealed interface PlacementOutcome {

  /** It is as asked; maybe it was before. */
  record Done() implements PlacementOutcome {}

  /** The request is wrong as things are; {@code field} names what is. */
  record Invalid(String field, String why) implements PlacementOutcome {}

  /** Not done: the raft group is placed on these nodes, and not where it was expected. */
  record Moved(List<NodeId> replicas) implements PlacementOutcome {
    public Moved {
      replicas = List.copyOf(replicas);
    }
  }

  /** Surely not done: another node leads the metadata raft group. */
  record NotLeader(@Nullable NodeId leader) implements PlacementOutcome {
    /**
     * Another node leads.
     *
     * @param leader null when nobody is known to
     */
    public NotLeader(@Nullable NodeId leader) {
      this.leader = leader;
    }
  }

  /** Surely not done: the raft group is not ready. */
  record Busy(long retryAfterMillis) implements PlacementOutcome {}

  /** It may or may not be done. */
  record UnknownOutcome(String why) implements PlacementOutcome {}
}
