package dev.funes.server.grpc;

import dev.funes.cluster.PartitionId;
import dev.funes.cluster.Topic;
import dev.funes.proto.v1.DeleteOffsetsRequest;
import dev.funes.proto.v1.DeleteOffsetsResponse;
import dev.funes.proto.v1.FetchOffsetsRequest;
import dev.funes.proto.v1.FetchOffsetsResponse;
import dev.funes.proto.v1.OffsetServiceGrpc;
import dev.funes.proto.v1.OffsetServiceGrpc.OffsetServiceStub;
import dev.funes.replication.Replica;
import dev.funes.state.GroupOffset;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Shows and forgets stored offsets; where they live, behind a read barrier. */
final class GroupOffsets {
  private final Replica replica;
  private final GroupRouting routing;
  private final GroupStates states;

  GroupOffsets(Replica replica, GroupRouting routing, GroupStates states) {
    this.replica = replica;
    this.routing = routing;
    this.states = states;
  }

  CompletableFuture<FetchOffsetsResponse> fetch(FetchOffsetsRequest request, Peers peers) {
    GroupRouting.requireName(request.getGroup());
    return routing.route(
        request.getGroup(),
        request.getForwarded(),
        () ->
            states
                .current(request.getGroup())
                .thenApply(
                    state -> existing(PastOffsets.at(state, request), request.getTopicsList()))
                .thenApply(
                    offsets ->
                        FetchOffsetsResponse.newBuilder()
                            .addAllOffsets(states.messages(offsets))
                            .build()),
        leader ->
            peers.<OffsetServiceStub, FetchOffsetsResponse>read(
                leader,
                OffsetServiceGrpc::newStub,
                (stub, answer) ->
                    stub.fetchOffsets(request.toBuilder().setForwarded(true).build(), answer)));
  }

  CompletableFuture<DeleteOffsetsResponse> delete(DeleteOffsetsRequest request, Peers peers) {
    GroupRouting.requireName(request.getGroup());
    return routing.route(
        request.getGroup(),
        request.getForwarded(),
        () ->
            states
                .current(request.getGroup())
                .thenApply(
                    state -> existing(state.offsets(request.getGroup()), request.getTopicsList()))
                .thenCompose(offsets -> delete(request.getGroup(), offsets)),
        leader ->
            peers.<OffsetServiceStub, DeleteOffsetsResponse>write(
                leader,
                OffsetServiceGrpc::newStub,
                (stub, answer) ->
                    stub.deleteOffsets(request.toBuilder().setForwarded(true).build(), answer)));
  }

  /** Of the topics that still exist; only of these names when there are any. */
  private List<GroupOffset> existing(Collection<GroupOffset> offsets, List<String> names) {
    return offsets.stream()
        .filter(
            offset -> {
              Topic topic = states.topic(offset.topicId());
              return topic != null && (names.isEmpty() || names.contains(topic.name()));
            })
        .toList();
  }

  private CompletableFuture<DeleteOffsetsResponse> delete(String group, List<GroupOffset> offsets) {
    if (offsets.isEmpty()) {
      throw new RequestProblem(Errors.unknownGroup(group));
    }
    List<PartitionId> partitions =
        offsets.stream()
            .map(offset -> new PartitionId(offset.topicId(), offset.partition()))
            .toList();
    return replica
        .deleteOffsets(group, partitions)
        .thenApply(
            outcome -> {
              OutcomeMapping.requireDone(replica.placement(), group, outcome);
              return DeleteOffsetsResponse.newBuilder().setDeletedCount(partitions.size()).build();
            });
  }
}
