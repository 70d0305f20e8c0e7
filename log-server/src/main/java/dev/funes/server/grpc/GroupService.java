package dev.funes.server.grpc;

import dev.funes.proto.v1.GroupServiceGrpc;
import dev.funes.proto.v1.ListGroupsRequest;
import dev.funes.proto.v1.ListGroupsResponse;
import io.grpc.stub.StreamObserver;

/** Consumer groups: who is a member, and who reads what. */
final class GroupService extends GroupServiceGrpc.GroupServiceImplBase {
  private final GroupOffsets offsets;
  private final Unary unary;

  GroupService(GroupOffsets offsets, Unary unary) {
    this.offsets = offsets;
    this.unary = unary;
  }

  @Override
  public void listGroups(ListGroupsRequest request, StreamObserver<ListGroupsResponse> responses) {
    Peers peers = ClientConnection.current().peers();
    unary.answer(responses, () -> offsets.list(request, peers));
  }
}
