package dev.funes.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.funes.proto.v1.AssignedPartition;
import dev.funes.proto.v1.Assignment;
import dev.funes.proto.v1.Error;
import dev.funes.proto.v1.GroupServiceGrpc;
import dev.funes.proto.v1.Heartbeat;
import dev.funes.proto.v1.JoinGroup;
import dev.funes.proto.v1.Joined;
import dev.funes.proto.v1.LeaveGroup;
import dev.funes.proto.v1.MemberCommit;
import dev.funes.proto.v1.MemberCommitted;
import dev.funes.proto.v1.MemberRequest;
import dev.funes.proto.v1.MemberResponse;
import dev.funes.proto.v1.ReleasePartitions;
import dev.funes.proto.v1.StoredOffset;
import io.grpc.Channel;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** A member of a consumer group by the bare API, which does what it is told and nothing else. */
final class RawMember implements AutoCloseable {
  private static final int ANSWER_SECONDS_MAX = 20;

  private final BlockingQueue<MemberResponse> responses = new LinkedBlockingQueue<>();
  private final BlockingQueue<Throwable> ends = new LinkedBlockingQueue<>();
  private final ClientCallStreamObserver<MemberRequest> requests;
  private volatile @Nullable Assignment last;
  private String memberId = "";

  private RawMember(Channel channel) {
    Responses observer = new Responses();
    GroupServiceGrpc.newStub(channel).member(observer);
    this.requests = observer.requests();
  }

  static RawMember open(Channel channel) {
    return new RawMember(channel);
  }

  /** Joins and waits to be one. */
  static RawMember join(Channel channel, JoinGroup.Builder join) throws InterruptedException {
    RawMember member = open(channel);
    member.send(join);
    return member.joined();
  }

  /** Joins where a coordinator may have just begun, or not yet; null when it does not take it. */
  static @Nullable RawMember tryJoin(Channel channel, JoinGroup.Builder join)
      throws InterruptedException {
    RawMember member = open(channel);
    member.send(join);
    Awaitility.await()
        .atMost(ANSWER_SECONDS_MAX, TimeUnit.SECONDS)
        .until(() -> !member.responses.isEmpty() || !member.ends.isEmpty());
    return member.responses.isEmpty() ? null : member.joined();
  }

  private RawMember joined() throws InterruptedException {
    RawMember member = this;
    Joined joined = member.next(MemberResponse.ResponseCase.JOINED).getJoined();
    assertThat(joined.getHeartbeatMillis()).isPositive();
    member.memberId = joined.getMemberId();
    return member;
  }

  static JoinGroup.Builder group(String group, String... topics) {
    return JoinGroup.newBuilder().setGroup(group).addAllTopics(List.of(topics));
  }

  String memberId() {
    return memberId;
  }

  /** Asks to join, and does not wait. */
  void send(JoinGroup.Builder join) {
    send(MemberRequest.newBuilder().setJoin(join));
  }

  void send(MemberRequest.Builder request) {
    requests.onNext(request.build());
  }

  void heartbeat() {
    send(MemberRequest.newBuilder().setHeartbeat(Heartbeat.getDefaultInstance()));
  }

  void leave() {
    send(MemberRequest.newBuilder().setLeave(LeaveGroup.getDefaultInstance()));
  }

  /** Releases all that is to be released. */
  void release(Assignment assignment) {
    send(
        MemberRequest.newBuilder()
            .setRelease(
                ReleasePartitions.newBuilder().addAllPartitions(assignment.getRevokedList())));
  }

  MemberCommitted commit(String topic, int partition, long offset, long generation)
      throws InterruptedException {
    return commit(
        generation,
        StoredOffset.newBuilder().setTopic(topic).setPartition(partition).setOffset(offset));
  }

  MemberCommitted commit(long generation, StoredOffset.Builder offset) throws InterruptedException {
    send(
        MemberRequest.newBuilder()
            .setCommit(
                MemberCommit.newBuilder()
                    .setCorrelationId(7)
                    .setGeneration(generation)
                    .addOffsets(offset)));
    MemberCommitted committed = next(MemberResponse.ResponseCase.COMMITTED).getCommitted();
    assertThat(committed.getCorrelationId()).isEqualTo(7);
    return committed;
  }

  /** The next assignment; those of other kinds before it are dropped. */
  Assignment assignment() throws InterruptedException {
    return next(MemberResponse.ResponseCase.ASSIGNMENT).getAssignment();
  }

  /** Waits until it holds just so many partitions and has nothing to release; releases at once. */
  Assignment settle(int count) throws InterruptedException {
    Assignment newest = last;
    while (newest == null || newest.getPartitionsCount() != count || newest.getRevokedCount() > 0) {
      newest = assignment();
      if (newest.getRevokedCount() > 0) {
        release(newest);
      }
    }
    return newest;
  }

  /** Drops what came until then. */
  MemberResponse next(MemberResponse.ResponseCase kind) throws InterruptedException {
    while (true) {
      MemberResponse response = responses.poll(ANSWER_SECONDS_MAX, TimeUnit.SECONDS);
      assertThat(response).as("%s to %s; ends: %s", kind, memberId, ends).isNotNull();
      if (response.getResponseCase() == MemberResponse.ResponseCase.ASSIGNMENT) {
        last = response.getAssignment();
      }
      if (response.getResponseCase() == kind) {
        return response;
      }
    }
  }

  /** Why the stream ended; null when it ended well. */
  @Nullable Error end() throws InterruptedException {
    Throwable end = ends.poll(ANSWER_SECONDS_MAX, TimeUnit.SECONDS);
    assertThat(end).as("end of the stream of %s", memberId).isNotNull();
    return end instanceof Completed ? null : ErrorMapping.error(end);
  }

  static Set<String> names(Assignment assignment) {
    Set<String> names = new TreeSet<>();
    for (AssignedPartition each : assignment.getPartitionsList()) {
      names.add(each.getTopic() + "-" + each.getPartition());
    }
    return names;
  }

  /** Breaks the stream, as the death of the process would. */
  @Override
  public void close() {
    requests.cancel("the member is gone", null);
  }

  private static final class Completed extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private final class Responses implements ClientResponseObserver<MemberRequest, MemberResponse> {
    private @Nullable ClientCallStreamObserver<MemberRequest> call;

    ClientCallStreamObserver<MemberRequest> requests() {
      if (call == null) {
        throw new IllegalStateException("expected a call");
      }
      return call;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<MemberRequest> stream) {
      call = stream;
    }

    @Override
    public void onNext(MemberResponse response) {
      responses.add(response);
    }

    @Override
    public void onError(Throwable failure) {
      ends.add(failure);
    }

    @Override
    public void onCompleted() {
      ends.add(new Completed());
    }
  }
}
