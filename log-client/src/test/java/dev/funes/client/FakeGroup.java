package dev.funes.client;

import dev.funes.proto.v1.Assignment;
import dev.funes.proto.v1.Error;
import dev.funes.proto.v1.ErrorCode;
import dev.funes.proto.v1.JoinGroup;
import dev.funes.proto.v1.MemberCommit;
import dev.funes.proto.v1.MemberResponse;
import dev.funes.proto.v1.Removed;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** The coordinator of one consumer group, as a test plays it. */
final class FakeGroup {
  /** One stream of a member. */
  record Link(String memberId, JoinGroup join, StreamObserver<MemberResponse> responses) {}

  final List<Link> links = new CopyOnWriteArrayList<>();

  /** What members have said, in order: {@code release orders-0}, {@code commit orders-0=5}. */
  final List<String> said = new CopyOnWriteArrayList<>();

  final AtomicInteger heartbeats = new AtomicInteger();

  /** The index of the node that is the coordinator. */
  volatile int node;

  volatile int heartbeatMillis = 20;

  volatile boolean answersHeartbeats = true;

  /** How long it takes until a member that leaves has left. */
  volatile int leavingMillis;

  /** Refuses a commit with an error, or stores it. */
  volatile Function<MemberCommit, @Nullable Error> commits = commit -> null;

  /** The stream of that number, from 0, as soon as it has joined. */
  Link link(int number) {
    Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> links.size() > number);
    return links.get(number);
  }

  void push(Link link, Assignment.Builder assignment) {
    synchronized (link.responses) {
      link.responses.onNext(MemberResponse.newBuilder().setAssignment(assignment).build());
    }
  }

  void remove(Link link, ErrorCode code) {
    Error error = Error.newBuilder().setCode(code).setMessage("sent away by the test").build();
    synchronized (link.responses) {
      link.responses.onNext(
          MemberResponse.newBuilder().setRemoved(Removed.newBuilder().setError(error)).build());
      link.responses.onCompleted();
    }
  }

  void breakStream(Link link) {
    synchronized (link.responses) {
      link.responses.onError(
          Status.UNAVAILABLE.withDescription("broken by the test").asException());
    }
  }

  /** An assignment; grants look like {@code orders-0@3=17}: given in generation 3, at 17. */
  static Assignment.Builder assignment(long generation, String... grants) {
    Assignment.Builder assignment = Assignment.newBuilder().setGeneration(generation);
    for (String grant : grants) {
      String[] parts = grant.split("[-@=]", 0);
      var partition =
          assignment
              .addPartitionsBuilder()
              .setTopic(parts[0])
              .setPartition(Integer.parseInt(parts[1]))
              .setGrantedGeneration(Long.parseLong(parts[2]));
      if (parts.length > 3) {
        partition.setStoredOffset(Long.parseLong(parts[3]));
      }
    }
    return assignment;
  }

  /** An assignment that also takes a partition away. */
  static Assignment.Builder revoke(Assignment.Builder assignment, TopicPartition partition) {
    assignment.addRevokedBuilder().setTopic(partition.topic()).setPartition(partition.partition());
    return assignment;
  }
}
