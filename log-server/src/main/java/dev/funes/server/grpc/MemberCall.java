package dev.funes.server.grpc;

import dev.funes.cluster.Placement;
import dev.funes.proto.v1.AssignedPartition;
import dev.funes.proto.v1.Assignment;
import dev.funes.proto.v1.Error;
import dev.funes.proto.v1.HeartbeatAnswer;
import dev.funes.proto.v1.JoinGroup;
import dev.funes.proto.v1.Joined;
import dev.funes.proto.v1.MemberCommit;
import dev.funes.proto.v1.MemberCommitted;
import dev.funes.proto.v1.MemberRequest;
import dev.funes.proto.v1.MemberResponse;
import dev.funes.proto.v1.ReleasePartitions;
import dev.funes.proto.v1.Removed;
import dev.funes.proto.v1.TopicPartition;
import dev.funes.server.coordinator.Assigned;
import dev.funes.server.coordinator.Coordinator;
import dev.funes.server.coordinator.GroupProblem;
import dev.funes.server.coordinator.GroupProblem.Kind;
import dev.funes.server.coordinator.MemberSink;
import dev.funes.state.GroupOffset;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One Member stream. Requests are taken as they come, the next one when the client takes its
 * answers and few commits are under way; commits are stored in their order.
 *
 * <p>gRPC calls the observer methods one at a time; the coordinator calls the sink on its thread.
 */
final class MemberCall implements StreamObserver<MemberRequest>, MemberSink {
  private static final int COMMITS_IN_FLIGHT_MAX = 100;

  private final Coordinator coordinator;
  private final OffsetCommits commits;
  private final Supplier<Placement> placements;
  private final ServerCallStreamObserver<MemberResponse> responses;
  private final Outbox<MemberResponse> outbox;
  private final ClientConnection connection;
  private final AtomicBoolean open = new AtomicBoolean(true);
  private final AtomicBoolean wantsMore = new AtomicBoolean();
  private final AtomicInteger commitsInFlight = new AtomicInteger();

  /** Empty until the first request; then what this stream is about. */
  private volatile String group = "";

  /** Empty until the coordinator has answered. */
  private volatile String memberId = "";

  /** Done when all commits so far have been handed on, so that none overtakes another. */
  private CompletableFuture<Void> handed = CompletableFuture.completedFuture(null);

  private MemberCall(
      Coordinator coordinator,
      OffsetCommits commits,
      Supplier<Placement> placements,
      ServerCallStreamObserver<MemberResponse> responses,
      Executor executor) {
    this.coordinator = coordinator;
    this.commits = commits;
    this.placements = placements;
    this.responses = responses;
    this.outbox = new Outbox<>(responses, executor);
    this.connection = ClientConnection.current();
  }

  static StreamObserver<MemberRequest> open(
      Coordinator coordinator,
      OffsetCommits commits,
      Supplier<Placement> placements,
      ServerCallStreamObserver<MemberResponse> responses,
      Executor executor) {
    MemberCall call = new MemberCall(coordinator, commits, placements, responses, executor);
    responses.disableAutoRequest();
    responses.setOnReadyHandler(call::requestMore);
    responses.setOnCancelHandler(call::broken);
    call.wantMore();
    return call;
  }

  @Override
  public void onNext(MemberRequest request) {
    if (!open.get()) {
      return; // what comes after the end of the stream
    }
    try {
      take(request);
    } catch (RequestProblem e) {
      fail(e.error());
    }
    if (commitsInFlight.get() < COMMITS_IN_FLIGHT_MAX) {
      // So that nobody can fill the coordinator's queue.
      coordinator.afterThat(this::wantMore);
    }
  }

  private void take(MemberRequest request) {
    switch (request.getRequestCase()) {
      case JOIN -> join(request.getJoin());
      case HEARTBEAT -> coordinator.heartbeat(group, requireJoined(), this);
      case RELEASE -> {
        String id = requireJoined();
        Set<Assigned.Revoked> partitions = ids(request.getRelease());
        behindCommits(() -> coordinator.release(group, id, this, partitions));
      }
      case COMMIT -> commit(request.getCommit());
      case LEAVE -> {
        String id = requireJoined();
        behindCommits(() -> coordinator.leave(group, id, this));
      }
      case REQUEST_NOT_SET ->
          throw new RequestProblem(
              Errors.invalid(
                  "request",
                  "request must be join, heartbeat, release, commit or leave, was none"));
    }
  }

  private void join(JoinGroup join) {
    if (!group.isEmpty() && !group.equals(join.getGroup())) {
      throw new RequestProblem(
          Errors.invalid("group", "group must stay " + group + " for the life of the stream"));
    }
    String id = memberId.isEmpty() ? join.getMemberId() : memberId;
    var joining = JoinRequests.checked(join, id, connection.host());
    if (!group.isEmpty() && memberId.isEmpty()) {
      throw new RequestProblem(
          Errors.invalid("join", "join must not come again before the first one is answered"));
    }
    group = join.getGroup();
    coordinator.join(group, joining, this);
  }

  private String requireJoined() {
    if (memberId.isEmpty()) {
      throw new RequestProblem(
          Errors.invalid("request", "join must come first, and be answered before anything else"));
    }
    return memberId;
  }

  private static Set<Assigned.Revoked> ids(ReleasePartitions release) {
    Set<Assigned.Revoked> partitions = new HashSet<>();
    for (TopicPartition each : release.getPartitionsList()) {
      partitions.add(new Assigned.Revoked(each.getTopic(), each.getPartition()));
    }
    return partitions;
  }

  private void commit(MemberCommit commit) {
    String id = requireJoined();
    coordinator.heard(group, id, this);
    commitsInFlight.incrementAndGet();
    CompletableFuture<List<GroupOffset>> checked =
        commits.check(commit.getOffsetsList(), connection.peers());
    handed =
        handed.thenCombine(
            checked.handle((_, failure) -> failure == null),
            (_, good) -> {
              if (good) {
                store(id, commit, checked.join());
              } else {
                committed(commit.getCorrelationId(), checked.exceptionNow());
              }
              return null;
            });
  }

  private void store(String id, MemberCommit commit, List<GroupOffset> offsets) {
    var _ =
        commits
            .store(group, id, commit.getGeneration(), offsets)
            .whenComplete((_, failure) -> committed(commit.getCorrelationId(), failure));
  }

  /** Does something when the commits before it are on their way. */
  private void behindCommits(Runnable action) {
    handed = handed.thenRun(action);
  }

  private void committed(long correlationId, @Nullable Throwable failure) {
    MemberCommitted.Builder committed =
        MemberCommitted.newBuilder().setCorrelationId(correlationId);
    if (failure != null) {
      committed.setError(ErrorMapping.error(failure));
    }
    send(MemberResponse.newBuilder().setCommitted(committed));
    if (commitsInFlight.getAndDecrement() == COMMITS_IN_FLIGHT_MAX) {
      wantMore();
    }
  }

  @Override
  public void onError(Throwable failure) {
    broken();
  }

  @Override
  public void onCompleted() {
    broken();
    outbox.complete();
  }

  private void broken() {
    if (open.getAndSet(false) && !group.isEmpty()) {
      coordinator.disconnected(group, this);
    }
  }

  @Override
  public boolean isOpen() {
    return open.get();
  }

  @Override
  public void joined(String id, int heartbeatMillis) {
    memberId = id;
    send(
        MemberResponse.newBuilder()
            .setJoined(Joined.newBuilder().setMemberId(id).setHeartbeatMillis(heartbeatMillis)));
  }

  @Override
  public void assigned(Assigned assigned) {
    Assignment.Builder assignment =
        Assignment.newBuilder().setGeneration(assigned.generation()).setPaused(assigned.paused());
    for (Assigned.Granted each : assigned.granted()) {
      AssignedPartition.Builder partition =
          AssignedPartition.newBuilder()
              .setTopic(each.topic())
              .setPartition(each.partition())
              .setGrantedGeneration(each.grantedGeneration());
      Long stored = each.storedOffset();
      if (stored != null) {
        partition.setStoredOffset(stored);
      }
      assignment.addPartitions(partition);
    }
    for (Assigned.Revoked each : assigned.revoked()) {
      assignment.addRevoked(
          TopicPartition.newBuilder().setTopic(each.topic()).setPartition(each.partition()));
    }
    send(MemberResponse.newBuilder().setAssignment(assignment));
  }

  @Override
  public void heartbeat(long generation) {
    send(
        MemberResponse.newBuilder()
            .setHeartbeat(HeartbeatAnswer.newBuilder().setGeneration(generation)));
  }

  @Override
  public void left() {
    if (open.getAndSet(false)) {
      outbox.complete();
    }
  }

  @Override
  public void ended(GroupProblem problem) {
    Error error = GroupProblems.error(placements.get(), problem);
    boolean removed =
        switch (problem.kind()) {
          case Kind.UnknownMember(), Kind.Kicked(), Kind.Replaced() -> true;
          default -> false;
        };
    if (!removed) {
      fail(error);
    } else if (open.getAndSet(false)) {
      outbox.send(
          MemberResponse.newBuilder().setRemoved(Removed.newBuilder().setError(error)).build());
      outbox.complete();
    }
  }

  private void fail(Error error) {
    if (open.get()) {
      broken();
      outbox.fail(ErrorMapping.status(error));
    }
  }

  private void send(MemberResponse.Builder response) {
    if (open.get()) {
      outbox.send(response.build());
    }
  }

  private void wantMore() {
    wantsMore.set(true);
    requestMore();
  }

  private void requestMore() {
    if (responses.isReady() && wantsMore.compareAndSet(true, false)) {
      responses.request(1);
    }
  }
}
