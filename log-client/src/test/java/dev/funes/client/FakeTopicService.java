package dev.funes.client;

import com.google.rpc.Code;
import dev.funes.proto.v1.CreateTopicRequest;
import dev.funes.proto.v1.CreateTopicResponse;
import dev.funes.proto.v1.DescribeTopicRequest;
import dev.funes.proto.v1.DescribeTopicResponse;
import dev.funes.proto.v1.ErrorCode;
import dev.funes.proto.v1.Topic;
import dev.funes.proto.v1.TopicServiceGrpc;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;

final class FakeTopicService extends TopicServiceGrpc.TopicServiceImplBase {
  private final FakeCluster cluster;

  FakeTopicService(FakeCluster cluster) {
    this.cluster = cluster;
  }

  @Override
  public void createTopic(
      CreateTopicRequest request, StreamObserver<CreateTopicResponse> responses) {
    if (cluster.topics.containsKey(request.getName())) {
      responses.onError(
          FakeNode.status(Code.ALREADY_EXISTS, ErrorCode.TOPIC_EXISTS, "topic exists"));
      return;
    }
    cluster.topic(request.getName(), request.getPartitionCount());
    if (cluster.unavailable.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
      // It is done, but the answer is lost.
      responses.onError(Status.UNAVAILABLE.withDescription("connection reset").asException());
      return;
    }
    responses.onNext(CreateTopicResponse.newBuilder().setTopic(topic(request.getName())).build());
    responses.onCompleted();
  }

  @Override
  public void describeTopic(
      DescribeTopicRequest request, StreamObserver<DescribeTopicResponse> responses) {
    if (cluster.unavailable.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
      responses.onError(FakeNode.status(Code.UNAVAILABLE, ErrorCode.UNAVAILABLE, "no leader"));
      return;
    }
    if (!cluster.topics.containsKey(request.getName())) {
      responses.onError(
          FakeNode.status(
              Code.NOT_FOUND, ErrorCode.UNKNOWN_TOPIC, "there is no topic " + request.getName()));
      return;
    }
    DescribeTopicResponse.Builder response =
        DescribeTopicResponse.newBuilder().setTopic(topic(request.getName()));
    for (int i = 0; i < response.getTopic().getPartitionCount(); i++) {
      response.addPartitionsBuilder().setPartition(i).setLeader(cluster.leader().proto());
    }
    responses.onNext(response.build());
    responses.onCompleted();
  }

  private Topic topic(String name) {
    return Topic.newBuilder()
        .setName(name)
        .setTopicId(1)
        .setPartitionCount(cluster.topics.getOrDefault(name, 0))
        .build();
  }
}
