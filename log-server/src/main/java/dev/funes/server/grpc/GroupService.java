package dev.funes.server.grpc;

import dev.funes.cluster.Placement;
import dev.funes.proto.v1.DeleteGroupRequest;
import dev.funes.proto.v1.DeleteGroupResponse;
import dev.funes.proto.v1.DescribeGroupRequest;
import dev.funes.proto.v1.DescribeGroupResponse;
import dev.funes.proto.v1.GroupServiceGrpc;
import dev.funes.proto.v1.KickMemberRequest;
import dev.funes.proto.v1.KickMemberResponse;
import dev.funes.proto.v1.ListGroupsRequest;
import dev.funes.proto.v1.ListGroupsResponse;
import dev.funes.proto.v1.MemberRequest;
import dev.funes.proto.v1.MemberResponse;
import dev.funes.proto.v1.PauseGroupRequest;
import dev.funes.proto.v1.PauseGroupResponse;
import dev.funes.server.coordinator.Coordinator;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/** Consumer groups: who is a member, and who reads what. */
final class GroupService extends GroupServiceGrpc.GroupServiceImplBase {
  private final Supplier<Placement> placements;
  private final Coordinator coordinator;
  private final OffsetCommits commits;
  private final GroupAdmin groups;
  private final GroupDescriptions descriptions;
  private final Unary unary;
  private final Executor executor;

  GroupService(
      Supplier<Placement> placements,
      Coordinator coordinator,
      OffsetCommits commits,
      GroupAdmin groups,
      GroupDescriptions descriptions,
      Unary unary,
      Executor executor) {
    this.placements = placements;
    this.coordinator = coordinator;
    this.commits = commits;
    this.groups = groups;
    this.descriptions = descriptions;
    this.unary = unary;
    this.executor = executor;
  }

  @Override
  public StreamObserver<MemberRequest> member(StreamObserver<MemberResponse> responses) {
    return MemberCall.open(
        coordinator,
        commits,
        placements,
        (ServerCallStreamObserver<MemberResponse>) responses,
        executor);
  }

  @Override
  public void listGroups(ListGroupsRequest request, StreamObserver<ListGroupsResponse> responses) {
    Peers peers = ClientConnection.current().peers();
    unary.answer(responses, () -> groups.list(request, peers));
  }

  @Override
  public void describeGroup(
      DescribeGroupRequest request, StreamObserver<DescribeGroupResponse> responses) {
    Peers peers = ClientConnection.current().peers();
    unary.answer(responses, () -> descriptions.describe(request, peers));
  }

  @Override
  public void deleteGroup(
      DeleteGroupRequest request, StreamObserver<DeleteGroupResponse> responses) {
    Peers peers = ClientConnection.current().peers();
    unary.answer(responses, () -> groups.delete(request, peers));
  }

  @Override
  public void pauseGroup(PauseGroupRequest request, StreamObserver<PauseGroupResponse> responses) {
    Peers peers = ClientConnection.current().peers();
    unary.answer(responses, () -> groups.pause(request, peers));
  }

  @Override
  public void kickMember(KickMemberRequest request, StreamObserver<KickMemberResponse> responses) {
    Peers peers = ClientConnection.current().peers();
    unary.answer(responses, () -> groups.kick(request, peers));
  }
}
