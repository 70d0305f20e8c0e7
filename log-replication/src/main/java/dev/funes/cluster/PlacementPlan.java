package dev.funes.cluster;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which raft group goes where next: a pure function of the placement and of what is asked of the
 * nodes. Whoever carries it out makes one move, lets Raft finish it, and asks again; so nothing has
 * to be remembered between two moves, and a plan adapts when something changes meanwhile.
 *
 * <p>Nodes that are to be emptied come first. When balancing is asked for, the replicas of each
 * raft group are then spread over zones, after that over nodes, and at last the leads, which moves
 * no data. Each step makes things strictly better, so it ends.
 */
public final class PlacementPlan {

  /** More steps than any cluster needs; a plan that does not end is a bug, and must not loop. */
  private static final int MOVES_MAX = 100_000;

  /**
   * A data raft group changes its nodes or only their order.
   *
   * @param from as it is placed now, the preferred leader first
   * @param to as it is to be
   */
  public record Move(RaftGroupId group, List<NodeId> from, List<NodeId> to) {
    public Move {
      from = List.copyOf(from);
      to = List.copyOf(to);
    }

    /** False when only the lead changes. */
    public boolean movesData() {
      return !Set.copyOf(from).equals(Set.copyOf(to));
    }
  }

  private final Placement placement;
  private final ClusterMembers members;
  private final List<NodeEndpoint> active;

  /** Replicas that each active node has. */
  private final Map<NodeId, Integer> loads = new TreeMap<>();

  /** Raft groups of which each active node is the preferred leader. */
  private final Map<NodeId, Integer> leads = new TreeMap<>();

  private PlacementPlan(Placement placement, ClusterMembers members) {
    this.placement = placement;
    this.members = members;
    this.active =
        placement.nodes().stream().filter(node -> members.duty(node.id()).isActive()).toList();
    for (NodeEndpoint node : active) {
      loads.put(node.id(), 0);
      leads.put(node.id(), 0);
    }
    for (RaftGroupId group : placement.dataRaftGroups()) {
      List<NodeId> replicas = placement.replicas(group);
      replicas.forEach(node -> loads.computeIfPresent(node, (_, count) -> count + 1));
      leads.computeIfPresent(replicas.getFirst(), (_, count) -> count + 1);
    }
  }

  /** All moves that are to be made as things are; none when everything is where it should be. */
  public static List<Move> of(Placement placement, ClusterMembers members) {
    List<Move> moves = new ArrayList<>();
    Placement now = placement;
    for (Move move = next(now, members); move != null; move = next(now, members)) {
      if (moves.size() >= MOVES_MAX) {
        throw new IllegalStateException("expected a plan that ends, had " + placement);
      }
      moves.add(move);
      now = now.withReplicas(move.group(), move.to());
    }
    return List.copyOf(moves);
  }

  /** The move to make now; null when everything is where it should be, or cannot be. */
  public static @Nullable Move next(Placement placement, ClusterMembers members) {
    PlacementPlan plan = new PlacementPlan(placement, members);
    Move move = plan.emptying();
    if (move == null && members.balancing()) {
      move = plan.spreadOverZones();
      move = move != null ? move : plan.spreadOverNodes();
      move = move != null ? move : plan.spreadLeads();
    }
    return move;
  }

  private @Nullable Move emptying() {
    for (RaftGroupId group : placement.dataRaftGroups()) {
      for (NodeId from : placement.replicas(group)) {
        NodeId to =
            switch (members.duty(from)) {
              case NodeDuty.Active() -> null;
              case NodeDuty.Drained() -> best(group, from);
              case NodeDuty.Replaced(NodeId successor) ->
                  canTake(successor, group) ? successor : best(group, from);
            };
        if (to != null) {
          boolean isSuccessor =
              members.duty(from) instanceof NodeDuty.Replaced(NodeId successor)
                  && successor.equals(to);
          return replacing(group, from, to, isSuccessor);
        }
      }
    }
    return null;
  }

  private boolean canTake(NodeId node, RaftGroupId group) {
    return loads.containsKey(node) && !placement.replicas(group).contains(node);
  }

  /** The active node that should have a replica in place of another one; null when none can. */
  private @Nullable NodeId best(RaftGroupId group, NodeId inPlaceOf) {
    return active.stream()
        .map(NodeEndpoint::id)
        .filter(node -> canTake(node, group))
        .min(
            Comparator.<NodeId>comparingInt(node -> -zonesWith(group, inPlaceOf, node))
                .thenComparingInt(this::load)
                .thenComparing(Comparator.naturalOrder()))
        .orElse(null);
  }

  private Move replacing(RaftGroupId group, NodeId from, NodeId to, boolean keepsLead) {
    List<NodeId> before = placement.replicas(group);
    List<NodeId> after = new ArrayList<>(before);
    after.set(after.indexOf(from), to);
    if (!keepsLead && before.getFirst().equals(from)) {
      // The lead should not go to the busiest, nor to a newcomer only because it comes.
      NodeId leader =
          after.stream()
              .min(
                  Comparator.<NodeId, Integer>comparing(
                          node -> leads.getOrDefault(node, Integer.MAX_VALUE))
                      .thenComparing(Comparator.naturalOrder()))
              .orElse(to);
      after.remove(leader);
      after.addFirst(leader);
    }
    return new Move(group, before, after);
  }

  private @Nullable Move spreadOverZones() {
    Set<String> zones = zones(active.stream().map(NodeEndpoint::id).toList());
    int reachable = Math.min(zones.size(), placement.replicationFactor());
    for (RaftGroupId group : placement.dataRaftGroups()) {
      int now = zones(placement.replicas(group)).size();
      if (now >= reachable) {
        continue;
      }
      Move best = null;
      int bestLoad = Integer.MIN_VALUE;
      for (NodeId from : placement.replicas(group)) {
        NodeId to = best(group, from);
        // Of the replicas that share a zone, one of the busiest node goes.
        if (to != null && zonesWith(group, from, to) > now && load(from) > bestLoad) {
          best = replacing(group, from, to, true);
          bestLoad = load(from);
        }
      }
      if (best != null) {
        return best;
      }
    }
    return null;
  }

  private @Nullable Move spreadOverNodes() {
    List<NodeId> byLoad =
        loads.keySet().stream().sorted(Comparator.comparingInt(this::load)).toList();
    for (NodeId from : byLoad.reversed()) {
      for (NodeId to : byLoad) {
        if (load(from) - load(to) < 2) {
          break;
        }
        Move move = shift(from, to);
        if (move != null) {
          return move;
        }
      }
    }
    return null;
  }

  /** A raft group that may go from one node to the other, if possible one that it does not lead. */
  private @Nullable Move shift(NodeId from, NodeId to) {
    Move found = null;
    for (RaftGroupId group : placement.dataRaftGroups()) {
      List<NodeId> replicas = placement.replicas(group);
      if (replicas.contains(from)
          && !replicas.contains(to)
          && zonesWith(group, from, to) >= zones(replicas).size()) {
        Move move = replacing(group, from, to, true);
        if (!replicas.getFirst().equals(from)) {
          return move;
        }
        found = found == null ? move : found;
      }
    }
    return found;
  }

  private @Nullable Move spreadLeads() {
    List<NodeId> byLeads =
        leads.keySet().stream().sorted(Comparator.comparingInt(this::lead)).toList();
    for (NodeId from : byLeads.reversed()) {
      Move move = LeadPath.firstStep(placement, leads, from);
      if (move != null) {
        return move;
      }
    }
    return null;
  }

  private int load(NodeId node) {
    return loads.getOrDefault(node, 0);
  }

  private int lead(NodeId node) {
    return leads.getOrDefault(node, 0);
  }

  private int zonesWith(RaftGroupId group, NodeId without, NodeId with) {
    List<NodeId> after = new ArrayList<>(placement.replicas(group));
    after.remove(without);
    after.add(with);
    return zones(after).size();
  }

  private Set<String> zones(Collection<NodeId> nodes) {
    Set<String> zones = new HashSet<>();
    for (NodeId id : nodes) {
      NodeEndpoint node = placement.node(id);
      String zone = node == null ? "" : node.zone();
      // Who does not say where it is, is taken to be somewhere else.
      zones.add(zone.isEmpty() ? "node " + id : "zone " + zone);
    }
    return zones;
  }
}
