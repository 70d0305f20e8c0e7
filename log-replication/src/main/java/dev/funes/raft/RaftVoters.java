package dev.funes.raft;

import dev.funes.cluster.NodeId;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Who votes in a raft group, as the log of one of its replicas says.
 *
 * @param nodes the voters; while they change, those of before and those to come
 * @param settled committed, and not about to change
 */
public record RaftVoters(List<NodeId> nodes, boolean settled) {

  /** Nothing is known: the replica waits to be added, or there is none. */
  public static final RaftVoters NONE = new RaftVoters(List.of(), false);

  public RaftVoters {
    nodes = List.copyOf(new TreeSet<>(nodes));
  }

  public boolean contains(NodeId node) {
    return nodes.contains(node);
  }

  /** These nodes in any order, and settled. */
  public boolean are(List<NodeId> wished) {
    return settled && Set.copyOf(wished).equals(Set.copyOf(nodes));
  }
}
