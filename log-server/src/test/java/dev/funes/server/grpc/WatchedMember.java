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
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
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

    synchronized void takenFrom(WatchedMember member, TopicPartition partition) {
      violations.add(partition.getPartition() + ": taken from " + member.id + " unasked");
    }

    synchronized List<String> violations() {
      return List.copyOf(violations);
    }
  }

  private final Ledger ledger;
  private final JoinGroup.Builder join;
  private final Set<TopicPartition> reading = new HashSet<>();

  private final Set<TopicPartition> toRelease = new HashSet<>();

  /** When what the coordinator has not answered yet was sent, in order. */
  private final ArrayDeque<Long> unansweredNanos = new ArrayDeque<>();

  /** The coordinator has heard of the member then, or later. */
  private long heardNanos;

  private String id = "";
  private Context.@Nullable CancellableContext call;
  private @Nullable StreamObserver<MemberRequest> requests;
  private int stream;
  private boolean open;
  private boolean joined;
  private boolean gone;

  WatchedMember(Ledger ledger, JoinGroup.Builder join) {
    this.ledger = ledger;
    this.join = join;
  }

  /** Opens a stream, as the member that it is if it has been one. */
  synchronized void connect(Channel channel) {
    breakStream();
    int number = ++stream;
    open = true;
    joined = false;
    Context.CancellableContext context = Context.ROOT.withCancellation();
    call = context;
    context.run(() -> requests = GroupServiceGrpc.newStub(channel).member(new Responses(number)));
    unansweredNanos.clear();
    unansweredNanos.add(System.nanoTime());
    send(MemberRequest.newBuilder().setJoin(join.clone().setMemberId(id)));
  }

  /** As every reader must that may have been given up meanwhile. It comes back on a new stream. */
  synchronized void stopWhenUnheard(long millis) {
    if (joined && System.nanoTime() - heardNanos > TimeUnit.MILLISECONDS.toNanos(millis)) {
      stopReading();
      breakStream();
    }
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
    if (open && joined) {
      unansweredNanos.add(System.nanoTime());
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
    return !toRelease.isEmpty();
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
    toRelease.clear();
    toRelease.addAll(assignment.getRevokedList());
    for (TopicPartition each : List.copyOf(reading)) {
      if (!now.contains(each) && !toRelease.contains(each)) {
        ledger.takenFrom(this, each);
        stopReading(each);
      }
    }
    for (TopicPartition each : now) {
      if (reading.add(each)) {
        ledger.begin(each, this);
      }
    }
  }

  /** Lets go of what was revoked; until then it is read. */
  synchronized void release() {
    if (open && joined && !toRelease.isEmpty()) {
      toRelease.forEach(this::stopReading);
      send(
          MemberRequest.newBuilder()
              .setRelease(ReleasePartitions.newBuilder().addAllPartitions(toRelease)));
      toRelease.clear();
    }
  }

  private void stopReading(TopicPartition partition) {
    reading.remove(partition);
    ledger.end(partition, this);
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
          case JOINED -> {
            id = response.getJoined().getMemberId();
            joined = true;
            heardNanos = unansweredNanos.remove();
          }
          case ASSIGNMENT -> assigned(response.getAssignment());
          case REMOVED -> {
            stopReading();
            gone = true;
          }
          case HEARTBEAT -> heardNanos = unansweredNanos.remove();
          case COMMITTED, RESPONSE_NOT_SET -> {}
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
