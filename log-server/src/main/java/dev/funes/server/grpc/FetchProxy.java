package dev.funes.server.grpc;

import dev.funes.proto.v1.Error;
import dev.funes.proto.v1.FetchPartition;
import dev.funes.proto.v1.FetchRequest;
import dev.funes.proto.v1.FetchResponse;
import dev.funes.proto.v1.LogServiceGrpc;
import io.grpc.Channel;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * The partitions of a Fetch stream that are read from one other node, by a Fetch stream to it. One
 * response at a time is taken from that node, and the next only when the client has taken it.
 *
 * <p>The pump of the stream takes; threads of gRPC put.
 */
final class FetchProxy implements ClientResponseObserver<FetchRequest, FetchResponse> {
  private final FetchRequest request;
  private final Runnable wake;
  private final Queue<FetchResponse> arrived = new ArrayDeque<>();
  private @Nullable ClientCallStreamObserver<FetchRequest> call;
  private boolean ended;

  private FetchProxy(FetchRequest request, Runnable wake) {
    this.request = request;
    this.wake = wake;
  }

  static FetchProxy open(FetchRequest request, Channel channel, Runnable wake) {
    FetchProxy proxy = new FetchProxy(request.toBuilder().setForwarded(true).build(), wake);
    LogServiceGrpc.newStub(channel).fetch(proxy.request, proxy);
    return proxy;
  }

  /** The next response; null when there is none now. */
  synchronized @Nullable FetchResponse next() {
    FetchResponse response = arrived.poll();
    if (response != null && arrived.isEmpty() && !ended && call != null) {
      call.request(1);
    }
    return response;
  }

  synchronized boolean isDone() {
    return ended && arrived.isEmpty();
  }

  synchronized void close() {
    if (!ended && call != null) {
      call.cancel("the client left", null);
    }
    ended = true;
    arrived.clear();
  }

  @Override
  public void beforeStart(ClientCallStreamObserver<FetchRequest> stream) {
    synchronized (this) {
      call = stream;
    }
    stream.disableAutoRequestWithInitial(1);
  }

  @Override
  public void onNext(FetchResponse response) {
    synchronized (this) {
      arrived.add(response);
    }
    wake.run();
  }

  @Override
  public void onError(Throwable failure) {
    Error carried = ErrorMapping.detail(failure);
    Error error =
        carried != null
            ? carried
            : Errors.unavailable("the replica did not answer: " + failure.getMessage());
    synchronized (this) {
      if (!ended) {
        for (FetchPartition partition : request.getPartitionsList()) {
          arrived.add(failed(partition, error));
        }
      }
      ended = true;
    }
    wake.run();
  }

  @Override
  public void onCompleted() {
    synchronized (this) {
      ended = true;
    }
    wake.run();
  }

  private static FetchResponse failed(FetchPartition partition, Error error) {
    return FetchResponse.newBuilder()
        .setTopic(partition.getTopic())
        .setPartition(partition.getPartition())
        .setError(error)
        .build();
  }
}
