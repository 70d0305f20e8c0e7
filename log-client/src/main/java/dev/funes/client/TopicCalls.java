package dev.funes.client;

import dev.funes.proto.v1.AlterTopicRequest;
import dev.funes.proto.v1.CreateTopicRequest;
import dev.funes.proto.v1.CreateTopicResponse;
import dev.funes.proto.v1.DeleteTopicRequest;
import dev.funes.proto.v1.DeleteTopicResponse;
import dev.funes.proto.v1.DescribeTopicRequest;
import dev.funes.proto.v1.ListTopicsRequest;
import dev.funes.proto.v1.TopicServiceGrpc;
import java.util.List;

/** What is asked about topics. Thread-safe; the caller blocks. */
final class TopicCalls {
  private final UnaryCalls calls;

  TopicCalls(UnaryCalls calls) {
    this.calls = calls;
  }

  TopicInfo create(String name, int partitionCount, TopicSettings settings) {
    CreateTopicRequest request =
        CreateTopicRequest.newBuilder()
            .setName(name)
            .setPartitionCount(partitionCount)
            .setSettings(ToProto.settings(settings))
            .build();
    UnaryCalls.Answer<CreateTopicResponse> answer =
        calls.ask(TopicServiceGrpc.getCreateTopicMethod(), request, true);
    if (answer.value() != null) {
      return FromProto.topic(answer.value().getTopic());
    }
    if (answer.failedWith(ErrorCode.TOPIC_EXISTS) && answer.maybeRepeated()) {
      // Most likely made by an earlier try of ours, whose answer was lost.
      TopicInfo existing = describe(name).topic();
      if (existing.partitionCount() == partitionCount) {
        return existing;
      }
    }
    throw answer.exception();
  }

  List<TopicInfo> list() {
    return calls
        .call(TopicServiceGrpc.getListTopicsMethod(), ListTopicsRequest.getDefaultInstance())
        .getTopicsList()
        .stream()
        .map(FromProto::topic)
        .toList();
  }

  TopicDescription describe(String name) {
    return FromProto.description(
        calls.call(
            TopicServiceGrpc.getDescribeTopicMethod(),
            DescribeTopicRequest.newBuilder().setName(name).build()));
  }

  TopicInfo alter(String name, TopicSettings settings) {
    return FromProto.topic(
        calls
            .call(
                TopicServiceGrpc.getAlterTopicMethod(),
                AlterTopicRequest.newBuilder()
                    .setName(name)
                    .setSettings(ToProto.settings(settings))
                    .build())
            .getTopic());
  }

  void delete(String name) {
    UnaryCalls.Answer<DeleteTopicResponse> answer =
        calls.ask(
            TopicServiceGrpc.getDeleteTopicMethod(),
            DeleteTopicRequest.newBuilder().setName(name).build(),
            true);
    boolean deletedBefore =
        answer.failedWith(ErrorCode.UNKNOWN_TOPIC) && answer.maybeRepeated(); // by our lost try
    if (answer.value() == null && !deletedBefore) {
      throw answer.exception();
    }
  }
}
