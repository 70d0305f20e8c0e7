package dev.funes.server.grpc;

import dev.funes.cluster.NodeDuty;
import dev.funes.cluster.NodeEndpoint;
import dev.funes.cluster.NodeId;
import dev.funes.cluster.RaftGroupId;
import dev.funes.proto.v1.AddNodeRequest;
import dev.funes.proto.v1.AddNodeResponse;
import dev.funes.proto.v1.BalanceRequest;
import dev.funes.proto.v1.BalanceResponse;
import dev.funes.proto.v1.ClusterServiceGrpc;
import dev.funes.proto.v1.DescribeClusterRequest;
import dev.funes.proto.v1.DescribeClusterResponse;
import dev.funes.proto.v1.DrainNodeRequest;
import dev.funes.proto.v1.DrainNodeResponse;
import dev.funes.proto.v1.RegisterNodeRequest;
import dev.funes.proto.v1.RegisterNodeResponse;
import dev.funes.proto.v1.RemoveNodeRequest;
import dev.funes.proto.v1.RemoveNodeResponse;
import dev.funes.proto.v1.ReplaceNodeRequest;
import dev.funes.proto.v1.ReplaceNodeResponse;
import dev.funes.proto.v1.TransferLeaderRequest;
import dev.funes.proto.v1.TransferLeaderResponse;
import dev.funes.replication.Replica;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletableFuture;

/**
 * What the cluster is made of and how it fares: what this node knows, or what all nodes say; and
 * which nodes it has.
 */
final class ClusterService extends ClusterServiceGrpc.ClusterServiceImplBase {
  private final Replica replica;
  private final NodeStatus node;
  private final ClusterStatus cluster;
  private final ClusterChanges changes;
  private final Unary unary;

  ClusterService(
      Replica replica,
      NodeStatus node,
      ClusterStatus cluster,
      ClusterChanges changes,
      Unary unary) {
    this.replica = replica;
    this.node = node;
    this.cluster = cluster;
    this.changes = changes;
    this.unary = unary;
  }

  @Override
  public void describeCluster(
      DescribeClusterRequest request, StreamObserver<DescribeClusterResponse> responses) {
    unary.answer(
        responses,
        () ->
            request.getLocalOnly()
                ? CompletableFuture.completedFuture(node.describe())
                : cluster.describe());
  }

  @Override
  public void addNode(AddNodeRequest request, StreamObserver<AddNodeResponse> responses) {
    Peers peers = ClientConnection.current().peers();
    unary.answer(
        responses,
        () -> {
          NodeEndpoint added = ClusterNodes.fromProto(request.getNode());
          return changes.onLeader(
              request.getForwarded(),
              peers,
              () -> changes.add(added).thenApply(_ -> AddNodeResponse.getDefaultInstance()),
              (stub, answer) ->
                  stub.addNode(request.toBuilder().setForwarded(true).build(), answer));
        });
  }

  @Override
  public void removeNode(RemoveNodeRequest request, StreamObserver<RemoveNodeResponse> responses) {
    Peers peers = ClientConnection.current().peers();
    unary.answer(
        responses,
        () -> {
          NodeId removed = ClusterNodes.id("node_id", request.getNodeId());
          return changes.onLeader(
              request.getForwarded(),
              peers,
              () -> remove(removed),
              (stub, answer) ->
                  stub.removeNode(request.toBuilder().setForwarded(true).build(), answer));
        });
  }

  private CompletableFuture<RemoveNodeResponse> remove(NodeId node) {
    return cluster
        .describe()
        .thenCompose(
            now -> {
              Removals.demandNoVote(node, now);
              return changes.remove(node);
            })
        .thenApply(_ -> RemoveNodeResponse.getDefaultInstance());
  }

  @Override
  public void drainNode(DrainNodeRequest request, StreamObserver<DrainNodeResponse> responses) {
    Peers peers = ClientConnection.current().peers();
    unary.answer(
        responses,
        () -> {
          NodeId drained = ClusterNodes.id("node_id", request.getNodeId());
          NodeDuty duty = request.getUndo() ? new NodeDuty.Active() : new NodeDuty.Drained();
          return changes.onLeader(
              request.getForwarded(),
              peers,
              () ->
                  changes
                      .duty(drained, duty, request.getDryRun())
                      .thenApply(
                          moves ->
                              DrainNodeResponse.newBuilder()
                                  .addAllMoves(ClusterNodes.toProto(moves))
                                  .build()),
              (stub, answer) ->
                  stub.drainNode(request.toBuilder().setForwarded(true).build(), answer));
        });
  }

  @Override
  public void replaceNode(
      ReplaceNodeRequest request, StreamObserver<ReplaceNodeResponse> responses) {
    Peers peers = ClientConnection.current().peers();
    unary.answer(
        responses,
        () -> {
          NodeId old = ClusterNodes.id("node_id", request.getNodeId());
          NodeEndpoint successor = ClusterNodes.fromProto(request.getSuccessor());
          return changes.onLeader(
              request.getForwarded(),
              peers,
              () ->
                  changes
                      .replace(old, successor, request.getDryRun())
                      .thenApply(
                          moves ->
                              ReplaceNodeResponse.newBuilder()
                                  .addAllMoves(ClusterNodes.toProto(moves))
                                  .build()),
              (stub, answer) ->
                  stub.replaceNode(request.toBuilder().setForwarded(true).build(), answer));
        });
  }

  @Override
  public void balance(BalanceRequest request, StreamObserver<BalanceResponse> responses) {
    Peers peers = ClientConnection.current().peers();
    unary.answer(
        responses,
        () ->
            changes.onLeader(
                request.getForwarded(),
                peers,
                () ->
                    changes
                        .balance(!request.getStop(), request.getDryRun())
                        .thenApply(
                            moves ->
                                BalanceResponse.newBuilder()
                                    .addAllMoves(ClusterNodes.toProto(moves))
                                    .build()),
                (stub, answer) ->
                    stub.balance(request.toBuilder().setForwarded(true).build(), answer)));
  }

  @Override
  public void transferLeader(
      TransferLeaderRequest request, StreamObserver<TransferLeaderResponse> responses) {
    Peers peers = ClientConnection.current().peers();
    unary.answer(
        responses,
        () -> {
          NodeId to = ClusterNodes.id("node_id", request.getNodeId());
          if (request.getRaftGroup() < 0) {
            throw new RequestProblem(
                Errors.invalid("raft_group", "raft_group must not be negative"));
          }
          RaftGroupId group = new RaftGroupId(request.getRaftGroup());
          if (request.getLeadOnly()) {
            return lead(group, to);
          }
          CompletableFuture<TransferLeaderResponse> preferred =
              changes.onLeader(
                  request.getForwarded(),
                  peers,
                  () ->
                      changes
                          .prefer(group, to)
                          .thenApply(_ -> TransferLeaderResponse.getDefaultInstance()),
                  (stub, answer) ->
                      stub.transferLeader(request.toBuilder().setForwarded(true).build(), answer));
          return request.getForwarded()
              ? preferred
              : preferred.thenApply(
                  answer -> {
                    askToLead(request, group, to, peers);
                    return answer;
                  });
        });
  }

  /** Without this it would be given the lead as well, some seconds later. */
  private void askToLead(TransferLeaderRequest request, RaftGroupId group, NodeId to, Peers peers) {
    NodeId leader = replica.leader(group);
    if (leader == null || leader.equals(to)) {
      return;
    }
    if (leader.equals(replica.self())) {
      var _ = lead(group, to);
      return;
    }
    TransferLeaderRequest leadOnly = request.toBuilder().setLeadOnly(true).build();
    var _ =
        peers
            .<ClusterServiceGrpc.ClusterServiceStub, TransferLeaderResponse>write(
                leader,
                ClusterServiceGrpc::newStub,
                (stub, answer) -> stub.transferLeader(leadOnly, answer))
            .exceptionally(_ -> TransferLeaderResponse.getDefaultInstance());
  }

  private CompletableFuture<TransferLeaderResponse> lead(RaftGroupId group, NodeId to) {
    if (!replica.isHere(group) || !replica.self().equals(replica.leader(group))) {
      throw new RequestProblem(Errors.notLeader(replica.placement(), replica.leader(group)));
    }
    return replica
        .transferLeadership(group, to)
        .handle((_, _) -> TransferLeaderResponse.getDefaultInstance());
  }

  @Override
  public void registerNode(
      RegisterNodeRequest request, StreamObserver<RegisterNodeResponse> responses) {
    Peers peers = ClientConnection.current().peers();
    unary.answer(
        responses,
        () -> {
          NodeEndpoint registered = ClusterNodes.fromProto(request.getNode());
          if (!NodeRegistration.isDataId(request.getDataId())) {
            throw new RequestProblem(Errors.invalid("data_id", "data_id must be a UUID"));
          }
          return changes.onLeader(
              request.getForwarded(),
              peers,
              () ->
                  changes
                      .register(registered, request.getDataId())
                      .thenApply(_ -> RegisterNodeResponse.getDefaultInstance()),
              (stub, answer) ->
                  stub.registerNode(request.toBuilder().setForwarded(true).build(), answer));
        });
  }
}
