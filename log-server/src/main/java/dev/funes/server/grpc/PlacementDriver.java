package dev.funes.server.grpc;

import dev.funes.cluster.ClusterView;
import dev.funes.cluster.NodeDuty;
import dev.funes.cluster.NodeId;
import dev.funes.cluster.PlacementPlan;
import dev.funes.cluster.PlacementPlan.Move;
import dev.funes.proto.v1.DescribeClusterResponse;
import dev.funes.proto.v1.RaftGroup;
import dev.funes.proto.v1.RaftReplica;
import dev.funes.replication.PlacementOutcome;
import dev.funes.replication.Replica;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out what was asked of the placement, on the node that leads the metadata: one raft group
 * at a time, and the next one only when the voters of all raft groups are those that the placement
 * wishes and have caught up. It remembers nothing, so whoever leads the metadata goes on with it.
 * Looks come on one thread.
 */
final class PlacementDriver {
  private static final Logger LOG = LoggerFactory.getLogger(PlacementDriver.class);

  private final Replica replica;
  private final ClusterStatus cluster;
  private volatile boolean busy;
  private String lastReason = "";

  PlacementDriver(Replica replica, ClusterStatus cluster) {
    this.replica = replica;
    this.cluster = cluster;
  }

  void look() {
    if (busy || !replica.metadata().leads()) {
      return;
    }
    ClusterView view = replica.view();
    if (!view.members().founded() || !hasWork(view)) {
      return;
    }
    busy = true;
    var _ =
        cluster
            .describe()
            .thenCompose(status -> step(view, status))
            .whenComplete(
                (_, failure) -> {
                  busy = false;
                  if (failure != null) {
                    LOG.warn("the placement could not be looked at; it is tried again", failure);
                  }
                });
  }

  private static boolean hasWork(ClusterView view) {
    return view.members().balancing()
        || gone(view) != null
        || PlacementPlan.next(view.placement(), view.members()) != null;
  }

  private CompletableFuture<?> step(ClusterView view, DescribeClusterResponse status) {
    String reason = waitsFor(view, status);
    if (!reason.equals(lastReason)) {
      lastReason = reason;
      if (!reason.isEmpty()) {
        LOG.info("the placement waits: {}", reason);
      }
    }
    if (!reason.isEmpty()) {
      return CompletableFuture.completedFuture(null);
    }
    Move move = PlacementPlan.next(view.placement(), view.members());
    if (move != null) {
      LOG.info("raft group {}: goes from nodes {} to {}", move.group(), move.from(), move.to());
      return said(replica.metadata().setReplicas(move.group(), move.from(), move.to()));
    }
    NodeId gone = gone(view);
    if (gone != null) {
      LOG.info("node {} is replaced, and removed", gone);
      return said(replica.metadata().removeNode(gone));
    }
    LOG.info("raft groups are spread evenly");
    return said(replica.metadata().setBalancing(false));
  }

  /** A replaced node on which nothing is placed any more. */
  private static @Nullable NodeId gone(ClusterView view) {
    for (Map.Entry<NodeId, NodeDuty> duty : view.members().duties().entrySet()) {
      if (duty.getValue() instanceof NodeDuty.Replaced
          && view.placement().dataRaftGroupsOf(duty.getKey()).isEmpty()) {
        return duty.getKey();
      }
    }
    return null;
  }

  /** Why nothing must be moved now; empty when something may. */
  static String waitsFor(ClusterView view, DescribeClusterResponse status) {
    for (RaftGroup group : status.getRaftGroupsList()) {
      String name = "raft group " + group.getRaftGroup() + ": ";
      if (!group.hasLeader()) {
        return name + "it has no leader";
      }
      if (!group.getState().isEmpty()) {
        return name + group.getState();
      }
      if (group.getVotersCount() == 0) {
        return name + "its voters are not known just now"; // its lead moves
      }
      for (RaftReplica member : group.getReplicasList()) {
        NodeId node = new NodeId(member.getAddress().getNodeId());
        // A node that is to go may be down; of the others, each one counts.
        if (!member.hasAppliedIndex() && view.members().duty(node).isActive()) {
          return name + "node " + node + " does not answer";
        }
      }
    }
    return "";
  }

  private static CompletableFuture<PlacementOutcome> said(
      CompletableFuture<PlacementOutcome> change) {
    return change.thenApply(
        outcome -> {
          if (!(outcome instanceof PlacementOutcome.Done)) {
            LOG.info("the placement was not changed, it is looked at again: {}", outcome);
          }
          return outcome;
        });
  }
}
