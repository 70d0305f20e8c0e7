package dev.funes.client;

import dev.funes.proto.v1.CommitOffsetsRequest;
import dev.funes.proto.v1.JoinGroup;
import dev.funes.proto.v1.ListOffsetsPartition;
import dev.funes.proto.v1.ListOffsetsRequest;
import dev.funes.proto.v1.StoredOffset;
import java.util.Collection;
import java.util.Map;

/** Turns values of this package into messages of the API. */
final class ToProto {
  private ToProto() {}

  static dev.funes.proto.v1.TopicSettings settings(TopicSettings settings) {
    var message = dev.funes.proto.v1.TopicSettings.newBuilder();
    if (settings.retentionMillis() != null) {
      message.setRetentionMillis(settings.retentionMillis());
    }
    if (settings.retentionBytes() != null) {
      message.setRetentionBytes(settings.retentionBytes());
    }
    if (settings.segmentBytes() != null) {
      message.setSegmentBytes(settings.segmentBytes());
    }
    if (settings.segmentMillis() != null) {
      message.setSegmentMillis(settings.segmentMillis());
    }
    return message.build();
  }

  static ListOffsetsRequest listOffsets(Map<TopicPartition, LogPosition> positions) {
    ListOffsetsRequest.Builder request = ListOffsetsRequest.newBuilder();
    positions.forEach(
        (partition, position) -> {
          ListOffsetsPartition.Builder one =
              request
                  .addPartitionsBuilder()
                  .setTopic(partition.topic())
                  .setPartition(partition.partition());
          switch (position) {
            case LogPosition.Start() -> one.setEarliest(true);
            case LogPosition.End() -> one.setLatest(true);
            case LogPosition.Timestamp(long millis) -> one.setTimestampMillis(millis);
            case LogPosition.At(long offset) -> one.setOffset(offset);
          }
        });
    return request.build();
  }

  static CommitOffsetsRequest commit(String group, Collection<CommittedOffset> offsets) {
    return CommitOffsetsRequest.newBuilder()
        .setGroup(group)
        .addAllOffsets(offsets.stream().map(ToProto::stored).toList())
        .build();
  }

  static StoredOffset stored(CommittedOffset offset) {
    StoredOffset.Builder stored =
        StoredOffset.newBuilder()
            .setTopic(offset.partition().topic())
            .setPartition(offset.partition().partition())
            .setOffset(offset.offset())
            .setMetadata(offset.metadata());
    if (offset.leaderEpoch() != null) {
      stored.setLeaderEpoch(offset.leaderEpoch());
    }
    return stored.build();
  }

  static JoinGroup join(String group, Subscription subscription, GroupOptions options) {
    return JoinGroup.newBuilder()
        .setGroup(group)
        .setInstanceId(options.instanceId())
        .setClientId(options.clientId())
        .setZone(options.zone())
        .addAllTopics(subscription.topics())
        .setTopicPattern(subscription.pattern())
        .setAssignor(
            switch (options.assignor()) {
              case BALANCED -> dev.funes.proto.v1.Assignor.ASSIGNOR_BALANCED;
              case RANGE -> dev.funes.proto.v1.Assignor.ASSIGNOR_RANGE;
              case RACK -> dev.funes.proto.v1.Assignor.ASSIGNOR_RACK;
            })
        .setSessionTimeoutMillis((int) options.sessionTimeout().toMillis())
        .setRebalanceTimeoutMillis((int) options.rebalanceTimeout().toMillis())
        .build();
  }
}
