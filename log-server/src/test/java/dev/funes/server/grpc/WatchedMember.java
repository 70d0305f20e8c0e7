package dev.funes.server.grpc;

import dev.funes.proto.v1.AssignedPartition;
import dev.funes.proto.v1.Assignment;
import dev.funes.proto.v1.GroupServiceGrpc;
import dev.funes.proto.v1.Heartbeat;
import dev.funes.proto.v1.JoinGroup;
import dev.funes.proto.v1.LeaveGroup;
import dev.funes.proto.v1.MemberRequest;
import dev.funes.proto.v1.MemberResponse;
import dev.funes.proto.v1.ReleasePartitions;
import dev.funes.proto.v1.TopicPartition;
import io.grpc.Channel;
import io.grpc.Context;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A member that does what it should, and tells a ledger what it reads: the ledger notes when two
 * read the same. Its stream can be broken and opened again.
 */
final class WatchedMember {
  /** Who reads what, over all members. Every member calls it. */
  static final class Ledger {
    private final Map<TopicPartition, WatchedMember> readers = new HashMap<>();
    private final List<String> violations = new ArrayList<>();

    synchronized void begin(TopicPartition partition, WatchedMember member) {
      WatchedMember other = readers.put(partition, member);
      if (other != null && other != member) {
        violations.add(partition.getPartition() + ": " + other.id + " and " + member.id);
      }
    }

    synchronized void end(TopicPartition partition, WatchedMember member) {
      readers.remove(partition, member);
    }

    synchronized List<String> violations() {
      return List.copyOf(violations);
    }
  }

  private final Ledger ledger;
  private final JoinGroup.Builder join;
  private final Set<TopicPartition> reading = new HashSet<>();
  private String id = "";
  private Context.@Nullable CancellableContext call;
  private @Nullable StreamObserver<MemberRequest> requests;
  private int stream;
  private boolean open;
  private boolean gone;
  private int revoked;

  WatchedMember(Ledger ledger, JoinGroup.Builder join) {
    this.ledger = ledger;
    this.join = join;
  }

  /** Opens a stream, as the member that it is if it has been one. */
  synchronized void connect(Channel channel) {
    breakStream();
    int number = ++stream;
    open = true;
    Context.CancellableContext context = Context.ROOT.withCancellation();
    call = context;
    context.run(() -> requests = GroupServiceGrpc.newStub(channel).member(new Responses(number)));
    send(MemberRequest.newBuilder().setJoin(join.clone().setMemberId(id)));
  }

  synchronized void breakStream() {
    open = false;
    stream++;
    if (call != null) {
      call.cancel(null);
      call = null;
    }
  }

  synchronized void heartbeat() {
    if (!id.isEmpty()) {
      send(MemberRequest.newBuilder().setHeartbeat(Heartbeat.getDefaultInstance()));
    }
  }

  synchronized void leave() {
    stopReading();
    gone = true;
    send(MemberRequest.newBuilder().setLeave(LeaveGroup.getDefaultInstance()));
  }

  /** As if the process had been killed. */
  synchronized void die() {
    stopReading();
    gone = true;
    breakStream();
  }

  synchronized boolean isGone() {
    return gone;
  }

  synchronized boolean isOpen() {
    return open;
  }

  synchronized String id() {
    return id;
  }

  synchronized int readingCount() {
    return reading.size();
  }

  synchronized boolean isReleasing() {
    return revoked > 0;
  }

  private void send(MemberRequest.Builder request) {
    if (open && requests != null) {
      requests.onNext(request.build());
    }
  }

  private void assigned(Assignment assignment) {
    Set<TopicPartition> now = new HashSet<>();
    for (AssignedPartition each : assignment.getPartitionsList()) {
      now.add(
          TopicPartition.newBuilder()
              .setTopic(each.getTopic())
              .setPartition(each.getPartition())
              .build());
    }
    for (TopicPartition each : List.copyOf(reading)) {
      if (!now.contains(each)) {
        reading.remove(each);
        ledger.end(each, this);
      }
    }
    for (TopicPartition each : now) {
      if (reading.add(each)) {
        ledger.begin(each, this);
      }
    }
    revoked = assignment.getRevokedCount();
    if (revoked > 0) {
      send(
          MemberRequest.newBuilder()
              .setRelease(
                  ReleasePartitions.newBuilder().addAllPartitions(assignment.getRevokedList())));
    }
  }

  private void stopReading() {
    reading.forEach(each -> ledger.end(each, this));
    reading.clear();
  }

  private final class Responses implements StreamObserver<MemberResponse> {
    private final int number;

    Responses(int number) {
      this.number = number;
    }

    @Override
    public void onNext(MemberResponse response) {
      synchronized (WatchedMember.this) {
        if (number != stream || gone) {
          return;
        }
        switch (response.getResponseCase()) {
          case JOINED -> id = response.getJoined().getMemberId();
          case ASSIGNMENT -> assigned(response.getAssignment());
          case REMOVED -> {
            stopReading();
            gone = true;
          }
          case COMMITTED, HEARTBEAT, RESPONSE_NOT_SET -> {}
        }
      }
    }

    @Override
    public void onError(Throwable failure) {
      onCompleted();
    }

    @Override
    public void onCompleted() {
      synchronized (WatchedMember.this) {
        if (number == stream) {
          open = false;
        }
      }
    }
  }
}
