package dev.funes.server.grpc;

import dev.funes.cluster.Placement;
import io.grpc.Attributes;
import io.grpc.ClientInterceptor;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerTransportFilter;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.stub.MetadataUtils;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What belongs to one connection: its bytes in flight, its channels to other nodes, and its place
 * among the connections of the node, which it takes with its first call. Connections of other nodes
 * need no place.
 */
final class ClientConnection {
  private static final Attributes.Key<ClientConnection> ATTRIBUTE =
      Attributes.Key.create("funes-connection");
  private static final Context.Key<ClientConnection> CURRENT = Context.key("funes-connection");
  private static final Metadata.Key<String> FROM_NODE =
      Metadata.Key.of("funes-from-node", Metadata.ASCII_STRING_MARSHALLER);

  private final NodeLoad node;
  private final InFlightBytes inFlight;
  private final Peers peers;
  private final String host;
  private volatile boolean fromNode;
  private volatile boolean admitted;
  private boolean ended;

  private ClientConnection(NodeLoad node, Supplier<Placement> placements, String host) {
    this.node = node;
    this.inFlight = new InFlightBytes(node.limits().connectionBytesMax());
    this.peers = new Peers(placements);
    this.host = host;
  }

  /** The connection that the current call came by; to be asked on the thread of the call. */
  static ClientConnection current() {
    ClientConnection connection = CURRENT.get();
    if (connection == null) {
      throw new IllegalStateException("expected the context of a call");
    }
    return connection;
  }

  Peers peers() {
    return peers;
  }

  /** The address at the other end; empty when it has none. */
  String host() {
    return host;
  }

  /** Counts a request that has been read, until it is answered. */
  void begin(long bytes) {
    inFlight.add(bytes);
    nodeBytes().add(bytes);
  }

  /** A request has been answered. */
  void end(long bytes) {
    inFlight.remove(bytes);
    nodeBytes().remove(bytes);
  }

  /** Runs when connection and node have room; at once, or later on the thread that made room. */
  void whenRoom(long likelyBytes, Runnable goOn) {
    inFlight.whenRoom(() -> nodeBytes().whenRoom(likelyBytes, goOn));
  }

  private NodeBytes nodeBytes() {
    return fromNode ? node.fromNodes() : node.fromClients();
  }

  private boolean admit(Metadata headers) {
    if (admitted || fromNode) {
      return true;
    }
    synchronized (this) {
      if (headers.containsKey(FROM_NODE)) {
        fromNode = true;
        return true;
      }
      if (!admitted && !ended) {
        admitted = node.admit();
      }
      return admitted;
    }
  }

  private void end() {
    peers.close();
    synchronized (this) {
      ended = true;
      if (admitted) {
        node.leave();
      }
    }
  }

  /** Makes a connection when a transport opens and lets go of it when the transport ends. */
  static ServerTransportFilter filter(NodeLoad node, Supplier<Placement> placements) {
    return new ServerTransportFilter() {
      @Override
      public Attributes transportReady(Attributes attributes) {
        SocketAddress remote = attributes.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
        String host =
            remote instanceof InetSocketAddress address && address.getAddress() != null
                ? address.getAddress().getHostAddress()
                : "";
        return attributes.toBuilder()
            .set(ATTRIBUTE, new ClientConnection(node, placements, host))
            .build();
      }

      @Override
      public void transportTerminated(@Nullable Attributes attributes) {
        ClientConnection connection = attributes == null ? null : attributes.get(ATTRIBUTE);
        if (connection != null) {
          connection.end();
        }
      }
    };
  }

  /** Makes the connection of a call its {@link #current()} one, or refuses the call. */
  static ServerInterceptor interceptor() {
    return new ServerInterceptor() {
      @Override
      public <Q, R> ServerCall.Listener<Q> interceptCall(
          ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        ClientConnection connection = call.getAttributes().get(ATTRIBUTE);
        if (connection != null && !isHealth(call) && !connection.admit(headers)) {
          StatusRuntimeException refused =
              ErrorMapping.status(Errors.tooManyConnections(connection.node.limits()));
          call.close(refused.getStatus(), trailers(refused));
          return new ServerCall.Listener<>() {};
        }
        Context context = Context.current().withValue(CURRENT, connection);
        return Contexts.interceptCall(context, call, headers, next);
      }
    };
  }

  /** Names a call as one that a node makes for its clients. */
  static ClientInterceptor namesThisNode() {
    Metadata headers = new Metadata();
    headers.put(FROM_NODE, "1");
    return MetadataUtils.newAttachHeadersInterceptor(headers);
  }

  /** Whoever looks whether the node lives must not think it dead when it only has much to do. */
  private static boolean isHealth(ServerCall<?, ?> call) {
    return HealthGrpc.SERVICE_NAME.equals(call.getMethodDescriptor().getServiceName());
  }

  private static Metadata trailers(StatusRuntimeException refused) {
    Metadata trailers = refused.getTrailers();
    return trailers == null ? new Metadata() : trailers;
  }
}
