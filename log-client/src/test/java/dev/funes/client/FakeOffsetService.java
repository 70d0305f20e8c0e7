package dev.funes.client;

import dev.funes.proto.v1.CommitOffsetsRequest;
import dev.funes.proto.v1.CommitOffsetsResponse;
import dev.funes.proto.v1.FetchOffsetsRequest;
import dev.funes.proto.v1.FetchOffsetsResponse;
import dev.funes.proto.v1.OffsetServiceGrpc;
import io.grpc.stub.StreamObserver;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

final class FakeOffsetService extends OffsetServiceGrpc.OffsetServiceImplBase {
  private final FakeCluster cluster;

  FakeOffsetService(FakeCluster cluster) {
    this.cluster = cluster;
  }

  @Override
  public void commitOffsets(
      CommitOffsetsRequest request, StreamObserver<CommitOffsetsResponse> responses) {
    Map<TopicPartition, Long> stored =
        cluster.offsets.computeIfAbsent(request.getGroup(), added -> new ConcurrentHashMap<>());
    request
        .getOffsetsList()
        .forEach(
            offset ->
                stored.put(
                    new TopicPartition(offset.getTopic(), offset.getPartition()),
                    offset.getOffset()));
    responses.onNext(CommitOffsetsResponse.getDefaultInstance());
    responses.onCompleted();
  }

  @Override
  public void fetchOffsets(
      FetchOffsetsRequest request, StreamObserver<FetchOffsetsResponse> responses) {
    FetchOffsetsResponse.Builder response = FetchOffsetsResponse.newBuilder();
    cluster
        .offsets
        .getOrDefault(request.getGroup(), Map.of())
        .forEach(
            (partition, offset) ->
                response
                    .addOffsetsBuilder()
                    .setTopic(partition.topic())
                    .setPartition(partition.partition())
                    .setOffset(offset));
    responses.onNext(response.build());
    responses.onCompleted();
  }
}
