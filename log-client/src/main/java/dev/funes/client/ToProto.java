package dev.funes.client;

import dev.funes.proto.v1.CommitOffsetsRequest;
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
    CommitOffsetsRequest.Builder request = CommitOffsetsRequest.newBuilder().setGroup(group);
    for (CommittedOffset offset : offsets) {
      StoredOffset.Builder stored =
          request
              .addOffsetsBuilder()
              .setTopic(offset.partition().topic())
              .setPartition(offset.partition().partition())
              .setOffset(offset.offset())
              .setMetadata(offset.metadata());
      if (offset.leaderEpoch() != null) {
        stored.setLeaderEpoch(offset.leaderEpoch());
      }
    }
    return request.build();
  }
}
