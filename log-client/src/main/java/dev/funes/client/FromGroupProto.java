package dev.funes.client;

import dev.funes.proto.v1.DescribeGroupResponse;
import dev.funes.proto.v1.GroupSummary;

/** Turns messages about consumer groups into values of this package. */
final class FromGroupProto {
  private FromGroupProto() {}

  static GroupInfo info(GroupSummary summary) {
    return new GroupInfo(
        summary.getGroup(),
        state(summary.getState()),
        summary.getMemberCount(),
        summary.getOffsetCount());
  }

  static GroupDescription description(DescribeGroupResponse response) {
    return new GroupDescription(
        response.getGroup(),
        state(response.getState()),
        response.getGeneration(),
        response.getPaused(),
        response.hasCoordinator() ? FromProto.nodeAddress(response.getCoordinator()) : null,
        assignor(response.getAssignor()),
        response.getMembersList().stream().map(FromGroupProto::member).toList(),
        response.getPartitionsList().stream().map(FromGroupProto::partition).toList());
  }

  private static GroupState state(dev.funes.proto.v1.GroupState state) {
    return switch (state) {
      case GROUP_STATE_EMPTY -> GroupState.EMPTY;
      // A state of a newer node says no more than that there are members.
      case GROUP_STATE_STABLE, UNRECOGNIZED -> GroupState.STABLE;
      case GROUP_STATE_REBALANCING -> GroupState.REBALANCING;
      case GROUP_STATE_RESETTING -> GroupState.RESETTING;
      case GROUP_STATE_PAUSED -> GroupState.PAUSED;
    };
  }

  private static Assignor assignor(dev.funes.proto.v1.Assignor assignor) {
    return switch (assignor) {
      case ASSIGNOR_BALANCED, UNRECOGNIZED -> Assignor.BALANCED;
      case ASSIGNOR_RANGE -> Assignor.RANGE;
      case ASSIGNOR_RACK -> Assignor.RACK;
    };
  }

  private static GroupMember member(dev.funes.proto.v1.GroupMember member) {
    return new GroupMember(
        member.getMemberId(),
        member.getInstanceId(),
        member.getClientId(),
        member.getHost(),
        member.getZone(),
        member.getTopicsList(),
        member.getTopicPattern(),
        member.getConnected(),
        member.getJoinedMillis());
  }

  private static GroupPartition partition(dev.funes.proto.v1.GroupPartition partition) {
    return new GroupPartition(
        new TopicPartition(partition.getTopic(), partition.getPartition()),
        partition.getMemberId(),
        partition.getRevoking(),
        partition.hasStoredOffset() ? partition.getStoredOffset() : null,
        partition.hasCommitTimeMillis() ? partition.getCommitTimeMillis() : null,
        partition.getMetadata(),
        partition.getLogStartOffset(),
        partition.getEndOffset(),
        partition.hasLagRecords() ? partition.getLagRecords() : null,
        partition.hasLagMillis() ? partition.getLagMillis() : null,
        partition.getRecordsPerSecond());
  }
}
