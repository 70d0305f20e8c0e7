package dev.funes.server.grpc;

import dev.funes.cluster.NodeId;
import dev.funes.proto.v1.AllocateProducerIdRequest;
import dev.funes.proto.v1.AllocateProducerIdResponse;
import dev.funes.proto.v1.LogServiceGrpc;
import dev.funes.replication.ProducerIdOutcome;
import dev.funes.replication.Replica;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Hands out producer ids: here when this node leads the metadata, otherwise by its leader. */
final class ProducerIds {
  private final Replica replica;

  ProducerIds(Replica replica) {
    this.replica = replica;
  }

  CompletableFuture<AllocateProducerIdResponse> allocate(
      AllocateProducerIdRequest request, Peers peers) {
    return replica
        .allocateProducerId()
        .thenCompose(
            outcome ->
                switch (outcome) {
                  case ProducerIdOutcome.Allocated(long producerId) ->
                      CompletableFuture.completedFuture(
                          AllocateProducerIdResponse.newBuilder()
                              .setProducerId(producerId)
                              .build());
                  case ProducerIdOutcome.NotLeader(var leader) -> forward(request, leader, peers);
                  case ProducerIdOutcome.Busy(long retryAfterMillis) ->
                      throw new RequestProblem(
                          Errors.retry("no producer id can be had now", retryAfterMillis));
                  // Nobody has the id, if there is one: to ask again is right.
                  case ProducerIdOutcome.UnknownOutcome(String why) ->
                      throw new RequestProblem(Errors.unavailable(why));
                });
  }

  private CompletableFuture<AllocateProducerIdResponse> forward(
      AllocateProducerIdRequest request, @Nullable NodeId leader, Peers peers) {
    if (leader == null || leader.equals(replica.self()) || request.getForwarded()) {
      throw new RequestProblem(Errors.notLeader(replica.placement(), leader));
    }
    AllocateProducerIdRequest forwarded = request.toBuilder().setForwarded(true).build();
    return peers.<LogServiceGrpc.LogServiceStub, AllocateProducerIdResponse>read(
        leader,
        LogServiceGrpc::newStub,
        (stub, answer) -> stub.allocateProducerId(forwarded, answer));
  }
}
