package dev.funes.server.grpc;

import dev.funes.cluster.NodeEndpoint;
import dev.funes.cluster.NodeId;
import dev.funes.cluster.Placement;
import dev.funes.proto.v1.Error;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.AbstractStub;
import io.grpc.stub.StreamObserver;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Channels to the other nodes, opened when first needed. Each client connection has its own, so
 * that the limits of a connection hold for what is passed on as well. Any thread may call.
 */
final class Peers implements AutoCloseable {
  private static final int FORWARD_MILLIS_MAX = 10_000;
  private static final int RESPONSE_BYTES_MAX = 128 << 20;

  private final Supplier<Placement> placements;
  private final Map<NodeId, PeerChannel> channels = new HashMap<>();
  private boolean closed;

  private record PeerChannel(NodeEndpoint endpoint, ManagedChannel channel) {}

  Peers(Supplier<Placement> placements) {
    this.placements = placements;
  }

  synchronized ManagedChannel channel(NodeId id) {
    if (closed) {
      throw new RequestProblem(Errors.unavailable("the connection is closed"));
    }
    NodeEndpoint node = placements.get().node(id);
    if (node == null) {
      throw new RequestProblem(Errors.unavailable("node " + id + " is not in the cluster now"));
    }
    PeerChannel known = channels.get(id);
    if (known == null || !known.endpoint.equals(node)) {
      if (known != null) {
        known.channel.shutdown(); // it has moved
      }
      known = new PeerChannel(node, open(node));
      channels.put(id, known);
    }
    ManagedChannel channel = known.channel;
    if (channel.getState(false) == ConnectivityState.TRANSIENT_FAILURE) {
      // gRPC would wait up to two minutes before it tries again a node that was away.
      channel.resetConnectBackoff();
    }
    return channel;
  }

  /** Passes a read on: when the node does not answer, nothing has happened. */
  <S extends AbstractStub<S>, T> CompletableFuture<T> read(
      NodeId node, Function<ManagedChannel, S> stub, BiConsumer<S, StreamObserver<T>> call) {
    return call(node, stub, call, FORWARD_MILLIS_MAX, Errors::unavailable);
  }

  /** Passes a write on: when the node does not answer, the outcome is unknown. */
  <S extends AbstractStub<S>, T> CompletableFuture<T> write(
      NodeId node, Function<ManagedChannel, S> stub, BiConsumer<S, StreamObserver<T>> call) {
    return call(node, stub, call, FORWARD_MILLIS_MAX, Errors::unknownOutcome);
  }

  <S extends AbstractStub<S>, T> CompletableFuture<T> call(
      NodeId node,
      Function<ManagedChannel, S> stub,
      BiConsumer<S, StreamObserver<T>> call,
      int millisMax,
      Function<String, Error> noAnswer) {
    S bounded = stub.apply(channel(node)).withDeadlineAfter(millisMax, TimeUnit.MILLISECONDS);
    return FutureObserver.<T>call(observer -> call.accept(bounded, observer))
        .exceptionallyCompose(
            failure -> CompletableFuture.failedFuture(problem(node, failure, noAnswer)));
  }

  @Override
  public synchronized void close() {
    closed = true;
    channels.values().forEach(known -> known.channel.shutdownNow());
  }

  private RequestProblem problem(NodeId node, Throwable failure, Function<String, Error> noAnswer) {
    Throwable cause = ErrorMapping.unwrap(failure);
    Error carried = ErrorMapping.detail(cause);
    return new RequestProblem(
        carried != null
            ? carried
            : noAnswer.apply("node " + node + " did not answer: " + cause.getMessage()));
  }

  private static ManagedChannel open(NodeEndpoint node) {
    return NettyChannelBuilder.forAddress(node.host(), node.clientPort())
        .usePlaintext()
        .intercept(ClientConnection.namesThisNode())
        .disableRetry() // a request that is sent twice would be two requests
        .maxInboundMessageSize(RESPONSE_BYTES_MAX)
        .keepAliveTime(10, TimeUnit.SECONDS)
        .keepAliveTimeout(5, TimeUnit.SECONDS)
        .build();
  }
}
