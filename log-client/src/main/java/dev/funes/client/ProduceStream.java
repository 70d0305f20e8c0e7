package dev.funes.client;

import com.google.protobuf.UnsafeByteOperations;
import dev.funes.proto.v1.LogServiceGrpc;
import dev.funes.proto.v1.ProduceRequest;
import dev.funes.proto.v1.ProduceResponse;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ClientResponseObserver;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One Produce stream to one node, and the batches under way on it.
 *
 * <p>Only the sender's thread uses it; what the network says goes to the {@link Events}, on the
 * network's thread.
 */
final class ProduceStream {
  /** Half of what a node takes from one connection, so that two clients of a proxy fit. */
  private static final long IN_FLIGHT_BYTES_MAX = 16L << 20;

  /**
   * As many batches of the usual size as these bytes are. Small ones of many partitions gather when
   * so many are under way: the busier the cluster, the larger they become.
   */
  private static final int IN_FLIGHT_REQUESTS_MAX = 256;

  private static final int READY_BYTES = 1 << 20;

  /** Takes what the network says; must be quick. */
  interface Events {
    void responded(ProduceStream stream, ProduceResponse response);

    /** Nothing more comes. */
    void ended(ProduceStream stream, Failure failure);

    /** There is room again. */
    void ready();
  }

  /** A batch that waits for its answer. */
  record Request(PartitionSender partition, ProducerBatch batch, int sizeBytes, long sentNanos) {}

  final ServerAddress address;
  private final ClientCallStreamObserver<ProduceRequest> call;
  private final Map<Long, Request> requests = new LinkedHashMap<>(); // oldest first
  private final ArrayDeque<PartitionSender> waiting = new ArrayDeque<>();
  private long inFlightBytes;
  private long lastCorrelationId;

  private ProduceStream(ServerAddress address, Channel channel, Events events) {
    this.address = address;
    this.call =
        (ClientCallStreamObserver<ProduceRequest>)
            ClientCalls.asyncBidiStreamingCall(
                channel.newCall(
                    LogServiceGrpc.getProduceMethod(),
                    CallOptions.DEFAULT.withOnReadyThreshold(READY_BYTES)),
                new Responses(events));
  }

  static ProduceStream open(ServerAddress address, Channel channel, Events events) {
    return new ProduceStream(address, channel, events);
  }

  /** True when a batch can be sent without queueing it in memory. */
  boolean isReady() {
    return inFlightBytes < IN_FLIGHT_BYTES_MAX
        && requests.size() < IN_FLIGHT_REQUESTS_MAX
        && call.isReady();
  }

  /** Its turn comes, behind the others that wait, when this is ready. */
  void addWaiting(PartitionSender partition) {
    if (!partition.waitsForStream) {
      partition.waitsForStream = true;
      waiting.add(partition);
    }
  }

  /** The one that waits longest; null when none does. */
  @Nullable PartitionSender pollWaiting() {
    PartitionSender first = waiting.poll();
    if (first != null) {
      first.waitsForStream = false;
    }
    return first;
  }

  /** True while answers are awaited. */
  boolean isWaiting() {
    return !requests.isEmpty();
  }

  void send(PartitionSender partition, ProducerBatch batch, long nowNanos) {
    long correlationId = ++lastCorrelationId;
    int sizeBytes = batch.sizeBytes();
    requests.put(correlationId, new Request(partition, batch, sizeBytes, nowNanos));
    inFlightBytes += sizeBytes;
    call.onNext(
        ProduceRequest.newBuilder()
            .setCorrelationId(correlationId)
            .setTopic(batch.partition.topic())
            .setPartition(batch.partition.partition())
            .setBatch(UnsafeByteOperations.unsafeWrap(batch.bytes()))
            .build());
  }

  /** The request that this answers; null when there is none. */
  @Nullable Request take(long correlationId) {
    Request request = requests.remove(correlationId);
    if (request != null) {
      inFlightBytes -= request.sizeBytes();
    }
    return request;
  }

  /** The requests that were not answered, in the order of their sending. */
  List<Request> takeAll() {
    Collection<Request> unanswered = requests.values();
    List<Request> taken = List.copyOf(unanswered);
    requests.clear();
    inFlightBytes = 0;
    return taken;
  }

  /** When the oldest request that waits for its answer was sent; null when none waits. */
  @Nullable Long oldestSentNanos() {
    return requests.isEmpty() ? null : requests.values().iterator().next().sentNanos();
  }

  void cancel(String why) {
    call.cancel(why, null);
  }

  private final class Responses implements ClientResponseObserver<ProduceRequest, ProduceResponse> {
    private final Events events;

    Responses(Events events) {
      this.events = events;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<ProduceRequest> stream) {
      stream.setOnReadyHandler(events::ready);
    }

    @Override
    public void onNext(ProduceResponse response) {
      events.responded(ProduceStream.this, response);
    }

    @Override
    public void onError(Throwable failure) {
      events.ended(ProduceStream.this, Failure.of(failure));
    }

    @Override
    public void onCompleted() {
      events.ended(ProduceStream.this, Failure.lost("the node has closed the stream"));
    }
  }
}
