package dev.funes.chaos.workload;

import dev.funes.chaos.history.Op;
import dev.funes.chaos.history.WorkLog;
import dev.funes.client.NodeAddress;
import dev.funes.client.TopicPartition;
import dev.funes.proto.v1.FetchPartition;
import dev.funes.proto.v1.FetchRequest;
import dev.funes.proto.v1.FetchResponse;
import dev.funes.proto.v1.LogServiceGrpc;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Follows the replicas of one node, whether they lead or not: what a reader without a group gets
 * there, batch for batch. After a break it goes on where it was.
 */
final class NodeReader extends Client {
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(300);
  private static final long TROUBLE_NANOS = TimeUnit.SECONDS.toNanos(2);
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private final Shared shared;
  private final NodeAddress node;
  private final WorkLog log;
  private final long[] positions;

  NodeReader(Shared shared, NodeAddress node, String name) {
    super(name);
    this.shared = shared;
    this.node = node;
    this.log = shared.log(name);
    this.positions = new long[shared.partitions.size()];
  }

  @Override
  void run() {
    try (log) {
      while (!isStopped()) {
        shared.channels.hurry(node);
        Responses responses = new Responses();
        LogServiceGrpc.newStub(shared.channels.to(node)).fetch(request(), responses);
        while (!isStopped() && !responses.isOver()) {
          LockSupport.parkNanos(LOOK_NANOS);
        }
        responses.cancel();
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    }
  }

  /** As a node that passes a request on asks: so the answer comes from its own replica. */
  private FetchRequest request() {
    FetchRequest.Builder request = FetchRequest.newBuilder().setFollow(true).setForwarded(true);
    for (int part = 0; part < positions.length; part++) {
      TopicPartition partition = shared.partitions.get(part);
      long offset;
      synchronized (positions) {
        offset = positions[part];
      }
      request.addPartitions(
          FetchPartition.newBuilder()
              .setTopic(partition.topic())
              .setPartition(partition.partition())
              .setOffset(offset));
    }
    return request.build();
  }

  @Override
  void failed(Exception why) {
    log.close();
  }

  /** What the node sends, on the network's thread. */
  private final class Responses implements ClientResponseObserver<FetchRequest, FetchResponse> {
    private volatile boolean ended;
    private volatile long troubleNanos;
    private volatile ClientCallStreamObserver<FetchRequest> call;
    private boolean canceled;

    @SuppressWarnings("NullAway.Init") // set before the call starts
    Responses() {}

    boolean isOver() {
      long trouble = troubleNanos;
      return ended || (trouble != 0 && System.nanoTime() - trouble > TROUBLE_NANOS);
    }

    void cancel() {
      synchronized (positions) {
        canceled = true;
      }
      call.cancel("the reader begins again", null);
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<FetchRequest> stream) {
      call = stream;
    }

    @Override
    public void onNext(FetchResponse response) {
      long now = log.now();
      Integer part =
          shared.numbers.get(new TopicPartition(response.getTopic(), response.getPartition()));
      if (part == null) {
        return;
      }
      if (response.hasOutOfRange()) {
        goOnAtStart(part, now, response);
        return;
      }
      if (!response.hasBatches()) {
        // Not here (any more), or not yet: asked again in a while, with all the others.
        troubleNanos = troubleNanos == 0 ? System.nanoTime() | 1 : troubleNanos;
        return;
      }
      synchronized (positions) {
        if (canceled) {
          return;
        }
        ByteBuffer batches = response.getBatches().asReadOnlyByteBuffer();
        ReadNote note = new ReadNote(shared.info.runId(), part, positions[part]);
        BatchReading.note(batches, note, _ -> {});
        positions[part] = note.nextOffset();
        if (!note.isEmpty()) {
          log.read(
              note.done(name(), now, Op.Reader.FREE, node.nodeId(), "", response.getEndOffset()));
        }
      }
    }

    /** Retention has taken what would have been next: that is noted as a read of nothing. */
    private void goOnAtStart(int part, long now, FetchResponse response) {
      synchronized (positions) {
        long start = response.getLogStartOffset();
        if (!canceled && start > positions[part]) {
          ReadNote note = new ReadNote(shared.info.runId(), part, positions[part]);
          note.skipTo(start);
          positions[part] = start;
          log.read(note.done(name(), now, Op.Reader.FREE, node.nodeId(), "", -1));
        }
      }
      ended = true; // nothing more comes of this partition: it is asked for again, with all others
    }

    @Override
    public void onError(Throwable failure) {
      ended = true;
    }

    @Override
    public void onCompleted() {
      ended = true;
    }
  }
}
