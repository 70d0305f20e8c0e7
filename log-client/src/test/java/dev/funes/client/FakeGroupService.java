package dev.funes.client;

import com.google.protobuf.Any;
import dev.funes.proto.v1.Error;
import dev.funes.proto.v1.ErrorCode;
import dev.funes.proto.v1.GroupServiceGrpc;
import dev.funes.proto.v1.HeartbeatAnswer;
import dev.funes.proto.v1.JoinGroup;
import dev.funes.proto.v1.Joined;
import dev.funes.proto.v1.MemberCommit;
import dev.funes.proto.v1.MemberCommitted;
import dev.funes.proto.v1.MemberRequest;
import dev.funes.proto.v1.MemberResponse;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.StreamObserver;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The membership of a {@link FakeGroup}. */
final class FakeGroupService extends GroupServiceGrpc.GroupServiceImplBase {
  private final FakeCluster cluster;
  private final Supplier<FakeNode> self;

  FakeGroupService(FakeCluster cluster, Supplier<FakeNode> self) {
    this.cluster = cluster;
    this.self = self;
  }

  @Override
  public StreamObserver<MemberRequest> member(StreamObserver<MemberResponse> responses) {
    return new Member(responses);
  }

  private final class Member implements StreamObserver<MemberRequest> {
    private final FakeGroup group = cluster.group;
    private final StreamObserver<MemberResponse> responses;
    private String name = "";
    private boolean over;

    Member(StreamObserver<MemberResponse> responses) {
      this.responses = responses;
    }

    @Override
    public void onNext(MemberRequest request) {
      if (over) {
        return;
      }
      switch (request.getRequestCase()) {
        case JOIN -> join(request.getJoin());
        case HEARTBEAT -> {
          group.heartbeats.incrementAndGet();
          if (group.answersHeartbeats) {
            answer(MemberResponse.newBuilder().setHeartbeat(HeartbeatAnswer.getDefaultInstance()));
          }
        }
        case RELEASE ->
            request
                .getRelease()
                .getPartitionsList()
                .forEach(
                    each ->
                        group.said.add("release " + name(each.getTopic(), each.getPartition())));
        case COMMIT -> commit(request.getCommit());
        case LEAVE -> {
          over = true;
          CompletableFuture.delayedExecutor(group.leavingMillis, TimeUnit.MILLISECONDS)
              .execute(
                  () -> {
                    group.said.add("leave");
                    responses.onCompleted();
                  });
        }
        case REQUEST_NOT_SET -> throw new AssertionError("an empty request");
      }
    }

    private void join(JoinGroup join) {
      FakeNode coordinator = cluster.nodes.get(group.node);
      if (!self.get().equals(coordinator)) {
        over = true;
        Error error =
            Error.newBuilder()
                .setCode(ErrorCode.NOT_LEADER)
                .setMessage("not the coordinator")
                .setLeader(coordinator.proto())
                .build();
        responses.onError(
            StatusProto.toStatusRuntimeException(
                com.google.rpc.Status.newBuilder()
                    .setCode(com.google.rpc.Code.UNAVAILABLE_VALUE)
                    .addDetails(Any.pack(error))
                    .build()));
        return;
      }
      name = join.getGroup();
      String id = join.getMemberId().isEmpty() ? "m" + group.links.size() : join.getMemberId();
      answer(
          MemberResponse.newBuilder()
              .setJoined(
                  Joined.newBuilder().setMemberId(id).setHeartbeatMillis(group.heartbeatMillis)));
      group.links.add(new FakeGroup.Link(id, join, responses));
    }

    private void commit(MemberCommit commit) {
      Error refused = group.commits.apply(commit);
      MemberCommitted.Builder answer =
          MemberCommitted.newBuilder().setCorrelationId(commit.getCorrelationId());
      if (refused != null) {
        answer.setError(refused);
      } else {
        store(commit);
      }
      answer(MemberResponse.newBuilder().setCommitted(answer));
    }

    private void store(MemberCommit commit) {
      Map<TopicPartition, Long> stored =
          cluster.offsets.computeIfAbsent(name, _ -> new ConcurrentHashMap<>());
      commit
          .getOffsetsList()
          .forEach(
              each -> {
                stored.put(
                    new TopicPartition(each.getTopic(), each.getPartition()), each.getOffset());
                group.said.add(
                    "commit "
                        + name(each.getTopic(), each.getPartition())
                        + "="
                        + each.getOffset()
                        + " in "
                        + commit.getGeneration());
              });
    }

    private static String name(String topic, int partition) {
      return new TopicPartition(topic, partition).toString();
    }

    private void answer(MemberResponse.Builder response) {
      synchronized (responses) {
        responses.onNext(response.build());
      }
    }

    @Override
    public void onError(@Nullable Throwable failure) {
      over = true;
    }

    @Override
    public void onCompleted() {
      over = true;
    }
  }
}
