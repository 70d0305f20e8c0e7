package dev.funes.raft;

import dev.funes.cluster.NodeId;
import dev.funes.raft.entries.EntryListener;
import java.util.EnumSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.apache.ratis.grpc.server.GrpcServices;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.thirdparty.io.grpc.Attributes;
import org.apache.ratis.thirdparty.io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import org.apache.ratis.thirdparty.io.grpc.Metadata;
import org.apache.ratis.thirdparty.io.grpc.ServerCall;
import org.apache.ratis.thirdparty.io.grpc.ServerCallHandler;
import org.apache.ratis.thirdparty.io.grpc.ServerInterceptor;
import org.apache.ratis.thirdparty.io.grpc.ServerTransportFilter;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyServerBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Tells when a connection ends by which a leader has sent entries to this node. Who is at its other
 * end is taken from the first request of a stream of entries. Called on the network's threads.
 */
final class PeerConnections implements GrpcServices.Customizer {

  private static final Attributes.Key<AtomicReference<@Nullable NodeId>> PEER =
      Attributes.Key.create("funes-peer");

  private final Consumer<NodeId> onEnd;
  private final EarlyCheckpoints early;
  private final EntryListener entries;

  /**
   * @param onEnd must be quick
   */
  PeerConnections(Consumer<NodeId> onEnd, EarlyCheckpoints early, EntryListener entries) {
    this.onEnd = onEnd;
    this.early = early;
    this.entries = entries;
  }

  @Override
  public NettyServerBuilder customize(
      NettyServerBuilder builder, EnumSet<GrpcServices.Type> types) {
    // The last one is the outermost.
    return builder
        .addTransportFilter(new Ends())
        .intercept(new Names())
        .intercept(early)
        .intercept(entries);
  }

  private final class Ends extends ServerTransportFilter {

    @Override
    public Attributes transportReady(Attributes transport) {
      return transport.toBuilder().set(PEER, new AtomicReference<>()).build();
    }

    @Override
    public void transportTerminated(@Nullable Attributes transport) {
      AtomicReference<@Nullable NodeId> peer = transport == null ? null : transport.get(PEER);
      NodeId node = peer == null ? null : peer.get();
      if (node != null) {
        onEnd.accept(node);
      }
    }
  }

  private static final class Names implements ServerInterceptor {

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
      ServerCall.Listener<Q> listener = next.startCall(call, headers);
      AtomicReference<@Nullable NodeId> peer = call.getAttributes().get(PEER);
      return peer == null || peer.get() != null ? listener : new FirstRequest<>(listener, peer);
    }
  }

  private static final class FirstRequest<Q> extends SimpleForwardingServerCallListener<Q> {
    private final AtomicReference<@Nullable NodeId> peer;

    FirstRequest(ServerCall.Listener<Q> listener, AtomicReference<@Nullable NodeId> peer) {
      super(listener);
      this.peer = peer;
    }

    @Override
    public void onMessage(Q message) {
      if (peer.get() == null && message instanceof AppendEntriesRequestProto entries) {
        peer.set(RatisIds.node(entries.getServerRequest().getRequestorId().toStringUtf8()));
      }
      super.onMessage(message);
    }
  }
}
