package dev.funes.server.grpc;

import dev.funes.cluster.NodeId;
import dev.funes.cluster.Placement;
import dev.funes.cluster.RaftGroupId;
import dev.funes.proto.v1.DiskServiceGrpc;
import dev.funes.proto.v1.DiskStateRequest;
import dev.funes.proto.v1.DiskStateResponse;
import dev.funes.replication.DiskReserve;
import dev.funes.replication.Replica;
import io.grpc.stub.StreamObserver;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Tells other nodes how the disk of this one stands, and asks those that follow it: who leads must
 * not send a follower what it has no room for.
 */
final class DiskStates extends DiskServiceGrpc.DiskServiceImplBase {
  private static final int ASK_MILLIS = 1_000;
  private static final int ANSWER_MILLIS_MAX = 2_000;

  /** What was admitted that many looks ago is taken to have reached every follower. */
  private static final int LAG_LOOKS = 5;

  private final Replica replica;
  private final Peers peers;
  private final Unary unary;
  private final Deque<Long> marks = new ArrayDeque<>(); // the timer only

  DiskStates(Replica replica, Peers peers, Unary unary) {
    this.replica = replica;
    this.peers = peers;
    this.unary = unary;
  }

  @Override
  public void diskState(DiskStateRequest request, StreamObserver<DiskStateResponse> responses) {
    unary.answer(
        responses,
        () -> {
          DiskReserve.State own = replica.diskReserve().own();
          return CompletableFuture.completedFuture(
              DiskStateResponse.newBuilder()
                  .setFreeBytes(own.freeBytes())
                  .setReserveBytes(own.reserveBytes())
                  .setShort(own.isShort())
                  .build());
        });
  }

  void start(ScheduledExecutorService timer) {
    var _ = timer.scheduleWithFixedDelay(this::look, 0, ASK_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void look() {
    marks.addLast(replica.diskReserve().mark());
    if (marks.size() > LAG_LOOKS) {
      marks.removeFirst();
    }
    long mark = marks.getFirst();
    followers().forEach(node -> ask(node, mark));
  }

  private Set<NodeId> followers() {
    Placement placement = replica.placement();
    Set<NodeId> followers = new TreeSet<>();
    for (RaftGroupId group : placement.raftGroupsOf(replica.self())) {
      if (replica.self().equals(replica.leader(group))) {
        followers.addAll(placement.replicas(group));
      }
    }
    followers.remove(replica.self());
    return followers;
  }

  private void ask(NodeId node, long mark) {
    var _ =
        peers
            .<DiskServiceGrpc.DiskServiceStub, DiskStateResponse>call(
                node,
                DiskServiceGrpc::newStub,
                (stub, answer) -> stub.diskState(DiskStateRequest.getDefaultInstance(), answer),
                ANSWER_MILLIS_MAX,
                Errors::unavailable)
            .thenAccept(
                answer ->
                    replica
                        .diskReserve()
                        .heard(
                            node,
                            new DiskReserve.State(
                                answer.getFreeBytes(), answer.getReserveBytes(), answer.getShort()),
                            mark))
            .exceptionally(_ -> null); // an older node, or none: it is asked again
  }
}
