package dev.funes.server.grpc;

import dev.funes.cluster.ClusterView;
import dev.funes.cluster.NodeId;
import dev.funes.cluster.Placement;
import dev.funes.group.GroupRecord;
import dev.funes.group.Held;
import dev.funes.group.Member;
import dev.funes.proto.v1.Assignor;
import dev.funes.proto.v1.DescribeGroupResponse;
import dev.funes.proto.v1.GroupMember;
import dev.funes.proto.v1.GroupState;
import dev.funes.proto.v1.GroupSummary;
import dev.funes.proto.v1.NodeAddress;
import dev.funes.server.coordinator.GroupSnapshot;
import dev.funes.state.KeyedState;
import org.jspecify.annotations.Nullable;

/** Consumer groups as messages. */
final class GroupMessages {
  private GroupMessages() {}

  /**
   * @param record null when there is none
   */
  static GroupState state(@Nullable GroupRecord record) {
    if (record == null) {
      return GroupState.GROUP_STATE_EMPTY;
    }
    if (record.reset() != null) {
      return GroupState.GROUP_STATE_RESETTING;
    }
    if (record.paused()) {
      return GroupState.GROUP_STATE_PAUSED;
    }
    if (record.members().isEmpty()) {
      return GroupState.GROUP_STATE_EMPTY;
    }
    boolean revoking =
        record.members().stream()
            .anyMatch(member -> member.held().values().stream().anyMatch(Held::revoking));
    return revoking ? GroupState.GROUP_STATE_REBALANCING : GroupState.GROUP_STATE_STABLE;
  }

  static GroupSummary summary(KeyedState state, ClusterView view, String group) {
    byte[] stored = state.groupRecord(group);
    GroupRecord record = stored == null ? null : GroupRecord.decode(stored);
    long offsets =
        state.offsets(group).stream()
            .filter(offset -> view.topic(offset.topicId()) != null)
            .count();
    return GroupSummary.newBuilder()
        .setGroup(group)
        .setState(state(record))
        .setMemberCount(record == null ? 0 : record.members().size())
        .setOffsetCount((int) offsets)
        .build();
  }

  /** All but the partitions. */
  static DescribeGroupResponse.Builder description(
      Placement placement, NodeId coordinator, String group, GroupSnapshot snapshot) {
    GroupRecord record = snapshot.record();
    DescribeGroupResponse.Builder description =
        DescribeGroupResponse.newBuilder()
            .setGroup(group)
            .setState(state(record))
            .setGeneration(record.generation())
            .setPaused(record.paused());
    NodeAddress address = Errors.address(placement, coordinator);
    if (address != null) {
      description.setCoordinator(address);
    }
    if (!record.members().isEmpty()) {
      description.setAssignor(assignor(record.members().getFirst()));
    }
    for (Member member : record.members()) {
      description.addMembers(
          GroupMember.newBuilder()
              .setMemberId(member.id())
              .setInstanceId(member.instanceId())
              .setClientId(member.clientId())
              .setHost(member.host())
              .setZone(member.zone())
              .addAllTopics(member.topics())
              .setTopicPattern(member.topicPattern())
              .setConnected(snapshot.connected().contains(member.id()))
              .setJoinedMillis(member.joinedMillis()));
    }
    return description;
  }

  private static Assignor assignor(Member member) {
    return switch (member.assignor()) {
      case BALANCED -> Assignor.ASSIGNOR_BALANCED;
      case RANGE -> Assignor.ASSIGNOR_RANGE;
      case RACK -> Assignor.ASSIGNOR_RACK;
    };
  }
}
