package dev.funes.cluster;

import dev.funes.cluster.PlacementPlan.Move;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a node that leads too much can lead less: along a chain of raft groups, each handed to a
 * replica that hands another one on, to a node that leads at least two fewer. Without such a chain
 * the leads are spread as evenly as the replicas allow.
 */
final class LeadPath {

  private record Step(NodeId from, RaftGroupId group) {}

  private LeadPath() {}

  /**
   * The step at the far end of the shortest chain, which is made first: after it the chain is one
   * shorter, and no node led more meanwhile than at its begin. Null when there is no chain.
   */
  static @Nullable Move firstStep(Placement placement, Map<NodeId, Integer> leads, NodeId start) {
    Map<NodeId, Step> cameBy = new HashMap<>();
    Deque<NodeId> queue = new ArrayDeque<>(List.of(start));
    int enough = leads.getOrDefault(start, 0) - 2;
    while (!queue.isEmpty()) {
      NodeId node = queue.remove();
      for (RaftGroupId group : placement.dataRaftGroups()) {
        List<NodeId> replicas = placement.replicas(group);
        if (!replicas.getFirst().equals(node)) {
          continue;
        }
        for (NodeId next : replicas) {
          Integer led = leads.get(next);
          if (led == null || next.equals(start) || cameBy.containsKey(next)) {
            continue;
          }
          cameBy.put(next, new Step(node, group));
          if (led <= enough) {
            return lead(placement, group, next);
          }
          queue.add(next);
        }
      }
    }
    return null;
  }

  /** The same replicas, with this one in front. */
  static Move lead(Placement placement, RaftGroupId group, NodeId leader) {
    List<NodeId> before = placement.replicas(group);
    List<NodeId> after = new ArrayList<>(before);
    after.remove(leader);
    after.addFirst(leader);
    return new Move(group, before, after);
  }
}
