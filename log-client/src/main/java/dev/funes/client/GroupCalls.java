package dev.funes.client;

import dev.funes.proto.v1.DeleteGroupRequest;
import dev.funes.proto.v1.DeleteGroupResponse;
import dev.funes.proto.v1.DescribeGroupRequest;
import dev.funes.proto.v1.GroupServiceGrpc;
import dev.funes.proto.v1.KickMemberRequest;
import dev.funes.proto.v1.KickMemberResponse;
import dev.funes.proto.v1.ListGroupsRequest;
import dev.funes.proto.v1.PauseGroupRequest;
import java.util.List;

/** What {@link Admin} asks about consumer groups. Thread-safe; the caller blocks. */
record GroupCalls(UnaryCalls calls) {
  List<GroupInfo> list() {
    return calls
        .call(GroupServiceGrpc.getListGroupsMethod(), ListGroupsRequest.getDefaultInstance())
        .getGroupsList()
        .stream()
        .map(FromGroupProto::info)
        .toList();
  }

  GroupDescription describe(String group) {
    return FromGroupProto.description(
        calls.call(
            GroupServiceGrpc.getDescribeGroupMethod(),
            DescribeGroupRequest.newBuilder().setGroup(group).build()));
  }

  void delete(String group) {
    UnaryCalls.Answer<DeleteGroupResponse> answer =
        calls.ask(
            GroupServiceGrpc.getDeleteGroupMethod(),
            DeleteGroupRequest.newBuilder().setGroup(group).build(),
            true);
    boolean deletedBefore =
        answer.failedWith(ErrorCode.UNKNOWN_GROUP) && answer.maybeRepeated(); // by our lost try
    if (answer.value() == null && !deletedBefore) {
      throw answer.exception();
    }
  }

  void pause(String group, boolean paused) {
    var _ =
        calls.call(
            GroupServiceGrpc.getPauseGroupMethod(),
            PauseGroupRequest.newBuilder().setGroup(group).setPaused(paused).build());
  }

  void kick(String group, String member) {
    UnaryCalls.Answer<KickMemberResponse> answer =
        calls.ask(
            GroupServiceGrpc.getKickMemberMethod(),
            KickMemberRequest.newBuilder().setGroup(group).setMemberId(member).build(),
            true);
    boolean kickedBefore =
        answer.failedWith(ErrorCode.UNKNOWN_MEMBER) && answer.maybeRepeated(); // by our lost try
    if (answer.value() == null && !kickedBefore) {
      throw answer.exception();
    }
  }
}
