package dev.funes.client;

import dev.funes.proto.v1.FetchRequest;
import dev.funes.proto.v1.FetchResponse;
import dev.funes.proto.v1.LogServiceGrpc;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ClientResponseObserver;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * One Fetch stream from one node, which holds no more responses than were asked for: when the
 * reader is slow, the node waits.
 */
final class FetchStream {
  /** Takes what the network says, on its thread; must be quick. */
  interface Events {
    void responded(FetchStream stream, FetchResponse response);

    /** All partitions have been read to their end. */
    void completed(FetchStream stream);

    void failed(FetchStream stream, Failure failure);
  }

  final ServerAddress address;
  final List<TopicPartition> partitions;
  final long openedNanos;
  private final Responses responses;

  private FetchStream(
      ServerAddress address,
      List<TopicPartition> partitions,
      long openedNanos,
      int responsesAhead,
      Events events) {
    this.address = address;
    this.partitions = partitions;
    this.openedNanos = openedNanos;
    this.responses = new Responses(this, responsesAhead, events);
  }

  /**
   * @param request for these partitions
   * @param responsesAhead how many responses may come before {@link #requestOne()}
   */
  static FetchStream open(
      ServerAddress address,
      Channel channel,
      List<TopicPartition> partitions,
      FetchRequest request,
      int responsesAhead,
      long nowNanos,
      Events events) {
    FetchStream stream =
        new FetchStream(address, List.copyOf(partitions), nowNanos, responsesAhead, events);
    ClientCalls.asyncServerStreamingCall(
        channel.newCall(LogServiceGrpc.getFetchMethod(), CallOptions.DEFAULT),
        request,
        stream.responses);
    return stream;
  }

  /** A response has been used up: another may come. */
  void requestOne() {
    try {
      responses.call().request(1);
    } catch (RejectedExecutionException e) {
      // The network threads have ended, and every stream with them.
    }
  }

  void cancel() {
    try {
      responses.call().cancel("not read any more", null);
    } catch (RejectedExecutionException e) {
      // The network threads have ended, and every stream with them.
    }
  }

  private static final class Responses
      implements ClientResponseObserver<FetchRequest, FetchResponse> {
    private final FetchStream stream;
    private final int ahead;
    private final Events events;
    private volatile @Nullable ClientCallStreamObserver<FetchRequest> call;

    Responses(FetchStream stream, int ahead, Events events) {
      this.stream = stream;
      this.ahead = ahead;
      this.events = events;
    }

    ClientCallStreamObserver<FetchRequest> call() {
      ClientCallStreamObserver<FetchRequest> started = call;
      if (started == null) {
        throw new IllegalStateException("expected a started call, was none");
      }
      return started;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<FetchRequest> started) {
      call = started;
      started.disableAutoRequestWithInitial(ahead);
    }

    @Override
    public void onNext(FetchResponse response) {
      events.responded(stream, response);
    }

    @Override
    public void onError(Throwable failure) {
      events.failed(stream, Failure.of(failure));
    }

    @Override
    public void onCompleted() {
      events.completed(stream);
    }
  }
}
