package dev.funes.server.grpc;

import dev.funes.cluster.NodeId;
import dev.funes.cluster.RaftGroupId;
import dev.funes.proto.v1.ForgetReplicaRequest;
import dev.funes.proto.v1.ForgetReplicaResponse;
import dev.funes.proto.v1.RaftGroupServiceGrpc;
import dev.funes.replication.ForgetOutcome;
import dev.funes.replication.Replica;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** What other nodes ask of this one about the replicas of raft groups. */
final class RaftGroupService extends RaftGroupServiceGrpc.RaftGroupServiceImplBase {
  private final Replica replica;
  private final Unary unary;
  private final Executor executor;

  RaftGroupService(Replica replica, Unary unary, Executor executor) {
    this.replica = replica;
    this.unary = unary;
    this.executor = executor;
  }

  @Override
  public void forgetReplica(
      ForgetReplicaRequest request, StreamObserver<ForgetReplicaResponse> responses) {
    unary.answer(responses, () -> forget(request));
  }

  private CompletableFuture<ForgetReplicaResponse> forget(ForgetReplicaRequest request) {
    if (request.getRaftGroup() < 0
        || request.getRaftGroup() > replica.placement().dataRaftGroupCount()) {
      throw new RequestProblem(
          Errors.invalid(
              "raft_group",
              "raft_group must be 0 to %d, was %d"
                  .formatted(replica.placement().dataRaftGroupCount(), request.getRaftGroup())));
    }
    if (request.getNodeId() < 1) {
      throw new RequestProblem(
          Errors.invalid("node_id", "node_id must be 1 or more, was " + request.getNodeId()));
    }
    return replica
        .forget(
            new RaftGroupId(request.getRaftGroup()),
            new NodeId(request.getNodeId()),
            request.getOnlyAsk())
        .thenApply(
            outcome ->
                switch (outcome) {
                  case ForgetOutcome.Forgotten() ->
                      ForgetReplicaResponse.newBuilder().setForgotten(true).build();
                  case ForgetOutcome.NotYet(String why) ->
                      ForgetReplicaResponse.newBuilder().setWhyNot(why).build();
                  case ForgetOutcome.NotLeader(var leader) ->
                      ForgetReplicaResponse.newBuilder()
                          .setLeaderId(leader == null ? 0 : leader.value())
                          .build();
                });
  }

  /** For the calls that are served here. */
  Replica replica() {
    return replica;
  }

  Unary unary() {
    return unary;
  }

  Executor executor() {
    return executor;
  }
}
