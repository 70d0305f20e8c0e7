package dev.funes.server.grpc;

import dev.funes.cluster.NodeId;
import dev.funes.cluster.Topic;
import dev.funes.cluster.TopicName;
import dev.funes.log.LogSettings;
import dev.funes.proto.v1.AlterTopicRequest;
import dev.funes.proto.v1.AlterTopicResponse;
import dev.funes.proto.v1.CreateTopicRequest;
import dev.funes.proto.v1.CreateTopicResponse;
import dev.funes.proto.v1.DeleteTopicRequest;
import dev.funes.proto.v1.DeleteTopicResponse;
import dev.funes.proto.v1.DescribeTopicRequest;
import dev.funes.proto.v1.DescribeTopicResponse;
import dev.funes.proto.v1.ListTopicsRequest;
import dev.funes.proto.v1.ListTopicsResponse;
import dev.funes.proto.v1.TopicServiceGrpc;
import dev.funes.proto.v1.TopicServiceGrpc.TopicServiceStub;
import dev.funes.replication.Replica;
import dev.funes.replication.TopicOutcome;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Function;

/** Creates, shows, changes and deletes topics; changes are made by the leader of the metadata. */
final class TopicService extends TopicServiceGrpc.TopicServiceImplBase {
  private final Replica replica;
  private final Topics topics;
  private final Barriers barriers;
  private final Unary unary;
  private final TopicDescriptions descriptions;
  private final PartitionReadiness readiness;

  TopicService(Replica replica, Topics topics, Leaders leaders, Barriers barriers, Unary unary) {
    this.replica = replica;
    this.topics = topics;
    this.barriers = barriers;
    this.unary = unary;
    this.descriptions = new TopicDescriptions(replica, leaders);
    this.readiness = new PartitionReadiness(replica, barriers);
  }

  @Override
  public void createTopic(
      CreateTopicRequest request, StreamObserver<CreateTopicResponse> responses) {
    Peers peers = ClientConnection.current().peers();
    unary.answer(
        responses,
        () -> {
          requireName(request.getName());
          int partitions = request.getPartitionCount() == 0 ? 1 : request.getPartitionCount();
          if (partitions < 0) {
            throw new RequestProblem(
                Errors.invalid(
                    "partition_count", "partition_count must be 1 or more, was " + partitions));
          }
          LogSettings settings =
              TopicSettingsMapping.apply(request.getSettings(), TopicSettingsMapping.DEFAULTS);
          return change(
                  replica.createTopic(request.getName(), partitions, settings),
                  request.getForwarded(),
                  peers,
                  TopicService::created,
                  (stub, answer) ->
                      stub.createTopic(request.toBuilder().setForwarded(true).build(), answer))
              .thenCompose(
                  response ->
                      readiness
                          .await(response.getTopic().getName(), response.getTopic().getTopicId())
                          .thenApply(_ -> response));
        });
  }

  @Override
  public void alterTopic(AlterTopicRequest request, StreamObserver<AlterTopicResponse> responses) {
    Peers peers = ClientConnection.current().peers();
    unary.answer(
        responses,
        () -> {
          requireName(request.getName());
          return topics
              .find(request.getName())
              .thenCompose(
                  topic ->
                      change(
                          replica.alterTopic(
                              topic.name(),
                              TopicSettingsMapping.apply(request.getSettings(), topic.settings())),
                          request.getForwarded(),
                          peers,
                          TopicService::altered,
                          (stub, answer) ->
                              stub.alterTopic(
                                  request.toBuilder().setForwarded(true).build(), answer)));
        });
  }

  @Override
  public void deleteTopic(
      DeleteTopicRequest request, StreamObserver<DeleteTopicResponse> responses) {
    Peers peers = ClientConnection.current().peers();
    unary.answer(
        responses,
        () -> {
          requireName(request.getName());
          return change(
              replica.deleteTopic(request.getName()),
              request.getForwarded(),
              peers,
              _ -> DeleteTopicResponse.getDefaultInstance(),
              (stub, answer) ->
                  stub.deleteTopic(request.toBuilder().setForwarded(true).build(), answer));
        });
  }

  @Override
  public void listTopics(ListTopicsRequest request, StreamObserver<ListTopicsResponse> responses) {
    unary.answer(
        responses,
        () ->
            barriers
                .view()
                .thenApply(
                    view ->
                        ListTopicsResponse.newBuilder()
                            .addAllTopics(
                                view.topics().stream().map(TopicSettingsMapping::toProto).toList())
                            .build()));
  }

  @Override
  public void describeTopic(
      DescribeTopicRequest request, StreamObserver<DescribeTopicResponse> responses) {
    unary.answer(
        responses,
        () -> {
          requireName(request.getName());
          return barriers
              .viewOrStale()
              .thenCompose(_ -> topics.find(request.getName()))
              .thenApply(descriptions::of);
        });
  }

  private static void requireName(String name) {
    String problem = TopicName.problem(name);
    if (problem != null) {
      throw new RequestProblem(Errors.invalid("name", problem));
    }
  }

  /** What came of a change; when this node does not lead the metadata, what its leader answers. */
  private <T> CompletableFuture<T> change(
      CompletableFuture<TopicOutcome> change,
      boolean forwarded,
      Peers peers,
      Function<TopicOutcome, T> response,
      BiConsumer<TopicServiceStub, StreamObserver<T>> forward) {
    return change.thenCompose(
        outcome -> {
          if (outcome instanceof TopicOutcome.NotLeader(NodeId leader)
              && leader != null
              && !leader.equals(replica.self())
              && !forwarded) {
            // Who changed topics here sees the change here.
            return peers
                .<TopicServiceStub, T>write(leader, TopicServiceGrpc::newStub, forward)
                .thenCompose(answer -> barriers.viewOrStale().thenApply(_ -> answer));
          }
          TopicOutcomes.requireDone(replica.placement(), outcome);
          return CompletableFuture.completedFuture(response.apply(outcome));
        });
  }

  private static CreateTopicResponse created(TopicOutcome outcome) {
    return CreateTopicResponse.newBuilder()
        .setTopic(TopicSettingsMapping.toProto(topic(outcome)))
        .build();
  }

  private static AlterTopicResponse altered(TopicOutcome outcome) {
    return AlterTopicResponse.newBuilder()
        .setTopic(TopicSettingsMapping.toProto(topic(outcome)))
        .build();
  }

  private static Topic topic(TopicOutcome outcome) {
    return switch (outcome) {
      case TopicOutcome.Created(Topic topic) -> topic;
      case TopicOutcome.Altered(Topic topic) -> topic;
      case TopicOutcome.Deleted(Topic topic) -> topic;
      default -> throw new IllegalStateException("expected a topic, was " + outcome);
    };
  }
}
