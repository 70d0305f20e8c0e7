package dev.funes.server.grpc;

import dev.funes.cluster.ClusterMembers;
import dev.funes.cluster.ClusterView;
import dev.funes.cluster.NodeDuty;
import dev.funes.cluster.NodeEndpoint;
import dev.funes.cluster.NodeId;
import dev.funes.cluster.Placement;
import dev.funes.cluster.PlacementPlan;
import dev.funes.cluster.PlacementPlan.Move;
import dev.funes.cluster.RaftGroupId;
import dev.funes.proto.v1.ClusterServiceGrpc;
import dev.funes.proto.v1.ClusterServiceGrpc.ClusterServiceStub;
import dev.funes.replication.MetadataGroup;
import dev.funes.replication.PlacementOutcome;
import dev.funes.replication.Replica;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/**
 * What operators ask of the nodes and of the placement: made here when this node leads the
 * metadata, and by its leader otherwise. Any thread.
 */
final class ClusterChanges {
  private final Replica replica;
  private final MetadataGroup metadata;
  private final Barriers barriers;

  ClusterChanges(Replica replica, Barriers barriers) {
    this.replica = replica;
    this.metadata = replica.metadata();
    this.barriers = barriers;
  }

  /**
   * Makes a change on the leader of the metadata.
   *
   * @param here is called when this node leads it
   * @param forward asks the node that leads it
   */
  <T> CompletableFuture<T> onLeader(
      boolean forwarded,
      Peers peers,
      Supplier<CompletableFuture<T>> here,
      BiConsumer<ClusterServiceStub, StreamObserver<T>> forward) {
    if (metadata.leads()) {
      return here.get();
    }
    NodeId leader = metadata.leader();
    if (leader == null || leader.equals(replica.self()) || forwarded) {
      throw new RequestProblem(Errors.notLeader(replica.placement(), leader));
    }
    // Who changed something here sees the change here.
    return peers
        .<ClusterServiceStub, T>write(leader, ClusterServiceGrpc::newStub, forward)
        .thenCompose(answer -> barriers.viewOrStale().thenApply(_ -> answer));
  }

  CompletableFuture<Void> add(NodeEndpoint node) {
    return done(metadata.addNode(node));
  }

  CompletableFuture<Void> remove(NodeId node) {
    return done(metadata.removeNode(node));
  }

  CompletableFuture<Void> register(NodeEndpoint node, String dataId) {
    return done(metadata.registerNode(node, dataId));
  }

  /** Gives a node a duty, unless it is to be tried only; what will move then. */
  CompletableFuture<List<Move>> duty(NodeId node, NodeDuty duty, boolean dryRun) {
    return barriers
        .view()
        .thenCompose(
            view -> {
              String problem = view.dutyProblem(node, duty);
              if (problem != null) {
                throw new RequestProblem(Errors.invalid("node_id", problem));
              }
              List<Move> moves =
                  PlacementPlan.of(view.placement(), view.members().withDuty(node, duty));
              return dryRun
                  ? CompletableFuture.completedFuture(moves)
                  : done(metadata.setDuty(node, duty)).thenApply(_ -> moves);
            });
  }

  /** Adds the successor, and gives the old node the duty to go. */
  CompletableFuture<List<Move>> replace(NodeId old, NodeEndpoint successor, boolean dryRun) {
    NodeDuty duty = new NodeDuty.Replaced(successor.id());
    return barriers
        .view()
        .thenCompose(
            view -> {
              if (view.placement().node(old) == null) {
                throw new RequestProblem(
                    Errors.invalid("node_id", "node " + old + " is not in the cluster"));
              }
              if (dryRun) {
                return CompletableFuture.completedFuture(withSuccessor(view, old, successor));
              }
              return add(successor).thenCompose(_ -> duty(old, duty, false));
            });
  }

  private static List<Move> withSuccessor(ClusterView view, NodeId old, NodeEndpoint successor) {
    try {
      Placement placement = view.placement().with(successor);
      ClusterMembers members = view.members().withDuty(old, new NodeDuty.Replaced(successor.id()));
      return PlacementPlan.of(placement, members);
    } catch (IllegalArgumentException e) {
      throw new RequestProblem(Errors.invalid("successor", String.valueOf(e.getMessage())));
    }
  }

  CompletableFuture<List<Move>> balance(boolean balancing, boolean dryRun) {
    return barriers
        .view()
        .thenCompose(
            view -> {
              List<Move> moves =
                  PlacementPlan.of(view.placement(), view.members().withBalancing(balancing));
              return dryRun
                  ? CompletableFuture.completedFuture(moves)
                  : done(metadata.setBalancing(balancing)).thenApply(_ -> moves);
            });
  }

  /** Makes a replica the preferred leader; it is given the lead afterwards. */
  CompletableFuture<Void> prefer(RaftGroupId group, NodeId node) {
    return barriers.view().thenCompose(view -> prefer(view.placement(), group, node));
  }

  private CompletableFuture<Void> prefer(Placement placement, RaftGroupId group, NodeId node) {
    if (group.isMetadata() || group.value() > placement.dataRaftGroupCount()) {
      throw new RequestProblem(
          Errors.invalid(
              "raft_group",
              "raft_group must be 1 to %d, was %s"
                  .formatted(placement.dataRaftGroupCount(), group)));
    }
    List<NodeId> replicas = placement.replicas(group);
    if (!replicas.contains(node)) {
      throw new RequestProblem(
          Errors.invalid(
              "node_id",
              "node %s has no replica of raft group %s; nodes %s have one"
                  .formatted(node, group, replicas)));
    }
    List<NodeId> next = new ArrayList<>(replicas);
    next.remove(node);
    next.addFirst(node);
    return done(metadata.setReplicas(group, replicas, next));
  }

  /** Throws {@link RequestProblem} unless the change was made. */
  CompletableFuture<Void> done(CompletableFuture<PlacementOutcome> change) {
    return change.thenApply(
        outcome ->
            switch (outcome) {
              case PlacementOutcome.Done() -> null;
              case PlacementOutcome.Invalid(String field, String why) ->
                  throw new RequestProblem(Errors.invalid(field, why));
              case PlacementOutcome.Moved(var replicas) ->
                  throw new RequestProblem(
                      Errors.retry("the raft group has moved to nodes " + replicas, 500));
              case PlacementOutcome.NotLeader(var leader) ->
                  throw new RequestProblem(Errors.notLeader(replica.placement(), leader));
              case PlacementOutcome.Busy(long retryAfterMillis) ->
                  throw new RequestProblem(
                      Errors.retry(
                          "the metadata takes no changes now", Math.max(1, retryAfterMillis)));
              case PlacementOutcome.UnknownOutcome(String why) ->
                  throw new RequestProblem(Errors.unknownOutcome(why));
            });
  }
}
