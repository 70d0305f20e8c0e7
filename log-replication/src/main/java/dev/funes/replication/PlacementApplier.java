package dev.funes.replication;

import dev.funes.cluster.ClusterMembers;
import dev.funes.cluster.ClusterView;
import dev.funes.cluster.NodeEndpoint;
import dev.funes.cluster.NodeId;
import dev.funes.cluster.Placement;
import dev.funes.cluster.RaftGroupId;
import dev.funes.replication.PlacementCommand.AddNode;
import dev.funes.replication.PlacementCommand.Found;
import dev.funes.replication.PlacementCommand.RegisterNode;
import dev.funes.replication.PlacementCommand.RemoveNode;
import dev.funes.replication.PlacementCommand.SetBalancing;
import dev.funes.replication.PlacementCommand.SetDuty;
import dev.funes.replication.PlacementCommand.SetReplicas;
import dev.funes.replication.PlacementOutcome.Busy;
import dev.funes.replication.PlacementOutcome.Done;
import dev.funes.replication.PlacementOutcome.Invalid;
import dev.funes.replication.PlacementOutcome.Moved;
import java.util.List;

/**
 * What a command makes of a view: a pure function, the same on every node. Nothing but {@link
 * Found} is taken before the placement is stored: until then each node has the one of its
 * configuration, and a node that joined has another one.
 */
final class PlacementApplier {

  /** The view after the command; the same object when nothing changed. */
  record Result(PlacementOutcome outcome, ClusterView view) {}

  private PlacementApplier() {}

  static Result apply(ClusterView view, PlacementCommand command) {
    if (command instanceof Found(Placement placement)) {
      return view.members().founded()
          ? done(view)
          : changed(view, placement, view.members().withFounded());
    }
    if (!view.members().founded()) {
      return new Result(new Busy(Batcher.BUSY_RETRY_MILLIS), view);
    }
    try {
      return switch (command) {
        case Found _ -> throw new IllegalStateException("expected another command");
        case RegisterNode register -> register(view, register);
        case AddNode(NodeEndpoint endpoint) -> add(view, endpoint);
        case RemoveNode(NodeId node) -> remove(view, node);
        case SetReplicas move -> move(view, move);
        case SetDuty duty -> duty(view, duty);
        case SetBalancing(boolean balancing) ->
            changed(view, view.placement(), view.members().withBalancing(balancing));
      };
    } catch (IllegalArgumentException e) {
      return invalid(view, "placement", String.valueOf(e.getMessage()));
    }
  }

  private static Result register(ClusterView view, RegisterNode register) {
    NodeId id = register.endpoint().id();
    if (view.placement().node(id) == null) {
      return unknownNode(view, id);
    }
    String known = view.members().dataId(id);
    if (!known.isEmpty() && !known.equals(register.dataId())) {
      return invalid(view, "data_id", otherData(id));
    }
    return changed(
        view,
        view.placement().with(register.endpoint()),
        view.members().withDataId(id, register.dataId()));
  }

  /** What a node is told that comes with an empty directory, or with somebody else's. */
  static String otherData(NodeId node) {
    return "node "
        + node
        + " had another data directory before; a lost one is replaced under a new node id, with"
        + " 'funes cluster replace-node "
        + node
        + " ...'";
  }

  private static Result add(ClusterView view, NodeEndpoint endpoint) {
    Placement placement = view.placement();
    NodeEndpoint known = placement.node(endpoint.id());
    if (known != null) {
      return known.equals(endpoint)
          ? done(view)
          : invalid(
              view, "node", "node " + endpoint.id() + " is there, at " + known.clientAddress());
    }
    if (view.members().retired().contains(endpoint.id())) {
      return invalid(
          view,
          "node",
          "node id " + endpoint.id() + " belonged to a node that was removed; take another one");
    }
    return changed(view, placement.with(endpoint), view.members());
  }

  private static Result remove(ClusterView view, NodeId node) {
    Placement placement = view.placement();
    if (placement.node(node) == null) {
      return view.members().retired().contains(node) ? done(view) : unknownNode(view, node);
    }
    List<RaftGroupId> held = placement.dataRaftGroupsOf(node);
    if (!held.isEmpty()) {
      return invalid(
          view,
          "node",
          "node %s has %d data raft groups; 'funes cluster drain %s' moves them away"
              .formatted(node, held.size(), node));
    }
    return changed(view, placement.without(node), view.members().withRetired(node));
  }

  private static Result move(ClusterView view, SetReplicas move) {
    Placement placement = view.placement();
    if (move.group().isMetadata() || move.group().value() > placement.dataRaftGroupCount()) {
      return invalid(
          view,
          "raft_group",
          "raft group must be 1 to %d, was %s"
              .formatted(placement.dataRaftGroupCount(), move.group()));
    }
    List<NodeId> replicas = placement.replicas(move.group());
    if (!replicas.equals(move.expected())) {
      return new Result(new Moved(replicas), view);
    }
    return changed(view, placement.withReplicas(move.group(), move.next()), view.members());
  }

  private static Result duty(ClusterView view, SetDuty change) {
    String problem = view.dutyProblem(change.node(), change.duty());
    return problem != null
        ? invalid(view, "node", problem)
        : changed(view, view.placement(), view.members().withDuty(change.node(), change.duty()));
  }

  private static Result changed(ClusterView view, Placement placement, ClusterMembers members) {
    boolean same = placement.equals(view.placement()) && members.equals(view.members());
    return new Result(new Done(), same ? view : view.with(placement, members));
  }

  private static Result done(ClusterView view) {
    return new Result(new Done(), view);
  }

  private static Result unknownNode(ClusterView view, NodeId node) {
    return invalid(view, "node", "node " + node + " is not in the cluster");
  }

  private static Result invalid(ClusterView view, String field, String why) {
    return new Result(new Invalid(field, why), view);
  }
}
