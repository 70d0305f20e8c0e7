package dev.funes.server.grpc;

import dev.funes.cluster.NodeId;
import dev.funes.cluster.RaftGroupId;
import dev.funes.proto.v1.DeleteGroupRequest;
import dev.funes.proto.v1.DeleteGroupResponse;
import dev.funes.proto.v1.GroupServiceGrpc;
import dev.funes.proto.v1.GroupServiceGrpc.GroupServiceStub;
import dev.funes.proto.v1.GroupSummary;
import dev.funes.proto.v1.KickMemberRequest;
import dev.funes.proto.v1.KickMemberResponse;
import dev.funes.proto.v1.ListGroupsRequest;
import dev.funes.proto.v1.ListGroupsResponse;
import dev.funes.proto.v1.PauseGroupRequest;
import dev.funes.proto.v1.PauseGroupResponse;
import dev.funes.replication.Replica;
import dev.funes.server.coordinator.Coordinator;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** Lists consumer groups, and does to them what operators ask for. */
final class GroupAdmin {
  private final Replica replica;
  private final Coordinator coordinator;
  private final GroupRouting routing;
  private final GroupStates states;
  private final Leaders leaders;

  GroupAdmin(
      Replica replica,
      Coordinator coordinator,
      GroupRouting routing,
      GroupStates states,
      Leaders leaders) {
    this.replica = replica;
    this.coordinator = coordinator;
    this.routing = routing;
    this.states = states;
    this.leaders = leaders;
  }

  /** Every raft group's leader knows its consumer groups. */
  CompletableFuture<ListGroupsResponse> list(ListGroupsRequest request, Peers peers) {
    List<CompletableFuture<List<GroupSummary>>> parts = new ArrayList<>();
    Set<NodeId> others = new HashSet<>();
    for (RaftGroupId group : replica.placement().dataRaftGroups()) {
      NodeId leader = leaders.of(group);
      if (leaders.isSelf(leader)) {
        parts.add(summaries(group));
      } else if (!request.getForwarded()) {
        if (leader == null) {
          throw new RequestProblem(
              Errors.unavailable("raft group " + group + " has no leader at the moment"));
        }
        others.add(leader);
      }
    }
    ListGroupsRequest forwarded = ListGroupsRequest.newBuilder().setForwarded(true).build();
    for (NodeId node : others) {
      parts.add(
          peers
              .<GroupServiceStub, ListGroupsResponse>read(
                  node,
                  GroupServiceGrpc::newStub,
                  (stub, answer) -> stub.listGroups(forwarded, answer))
              .thenApply(ListGroupsResponse::getGroupsList));
    }
    return CompletableFuture.allOf(parts.toArray(CompletableFuture<?>[]::new))
        .thenApply(
            _ -> {
              TreeMap<String, GroupSummary> byName = new TreeMap<>();
              for (CompletableFuture<List<GroupSummary>> part : parts) {
                part.join().forEach(group -> byName.put(group.getGroup(), group));
              }
              return ListGroupsResponse.newBuilder().addAllGroups(byName.values()).build();
            });
  }

  private CompletableFuture<List<GroupSummary>> summaries(RaftGroupId raftGroup) {
    return states
        .current(raftGroup)
        .thenApply(
            state ->
                state.groups().stream()
                    .map(group -> GroupMessages.summary(state, replica.view(), group))
                    .toList());
  }

  CompletableFuture<DeleteGroupResponse> delete(DeleteGroupRequest request, Peers peers) {
    GroupRouting.requireName(request.getGroup());
    return routing.route(
        request.getGroup(),
        request.getForwarded(),
        () -> here(coordinator.delete(request.getGroup()), DeleteGroupResponse::getDefaultInstance),
        leader ->
            peers.<GroupServiceStub, DeleteGroupResponse>write(
                leader,
                GroupServiceGrpc::newStub,
                (stub, answer) ->
                    stub.deleteGroup(request.toBuilder().setForwarded(true).build(), answer)));
  }

  CompletableFuture<PauseGroupResponse> pause(PauseGroupRequest request, Peers peers) {
    GroupRouting.requireName(request.getGroup());
    return routing.route(
        request.getGroup(),
        request.getForwarded(),
        () ->
            here(
                coordinator.pause(request.getGroup(), request.getPaused()),
                PauseGroupResponse::getDefaultInstance),
        leader ->
            peers.<GroupServiceStub, PauseGroupResponse>write(
                leader,
                GroupServiceGrpc::newStub,
                (stub, answer) ->
                    stub.pauseGroup(request.toBuilder().setForwarded(true).build(), answer)));
  }

  CompletableFuture<KickMemberResponse> kick(KickMemberRequest request, Peers peers) {
    GroupRouting.requireName(request.getGroup());
    if (request.getMemberId().isEmpty()) {
      throw new RequestProblem(
          Errors.invalid("member_id", "member_id must be a member id or an instance id"));
    }
    return routing.route(
        request.getGroup(),
        request.getForwarded(),
        () ->
            here(
                coordinator.kick(request.getGroup(), request.getMemberId()),
                KickMemberResponse::getDefaultInstance),
        leader ->
            peers.<GroupServiceStub, KickMemberResponse>write(
                leader,
                GroupServiceGrpc::newStub,
                (stub, answer) ->
                    stub.kickMember(request.toBuilder().setForwarded(true).build(), answer)));
  }

  private <T> CompletableFuture<T> here(CompletableFuture<Void> done, Supplier<T> answer) {
    return GroupProblems.mapped(replica.placement(), done).thenApply(_ -> answer.get());
  }
}
