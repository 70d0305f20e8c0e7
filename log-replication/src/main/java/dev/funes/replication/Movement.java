package dev.funes.replication;

import dev.funes.cluster.NodeId;
import java.util.List;

/**
 * The voters of a raft group and what is being done about them, as one node sees it.
 *
 * @param voters as the Raft log of this node has them; empty when it has no replica, or one that
 *     waits to be added
 * @param settled the voters are committed and not about to change
 * @param doing such as {@code adding node 4} or {@code rejoining}; empty when nothing is done here
 */
public record Movement(List<NodeId> voters, boolean settled, String doing) {

  public Movement {
    voters = List.copyOf(voters);
  }
}
