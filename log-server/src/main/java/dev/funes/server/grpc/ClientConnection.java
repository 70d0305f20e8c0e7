package dev.funes.server.grpc;

import dev.funes.cluster.Placement;
import io.grpc.Attributes;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerTransportFilter;
import org.jspecify.annotations.Nullable;

/** What belongs to one client connection: its bytes in flight, and its channels to other nodes. */
final class ClientConnection {
  private static final Attributes.Key<ClientConnection> ATTRIBUTE =
      Attributes.Key.create("funes-connection");
  private static final Context.Key<ClientConnection> CURRENT = Context.key("funes-connection");

  private final InFlightBytes inFlight;
  private final Peers peers;

  private ClientConnection(ApiLimits limits, Placement placement) {
    this.inFlight = new InFlightBytes(limits.connectionBytesMax());
    this.peers = new Peers(placement);
  }

  /** The connection that the current call came by; to be asked on the thread of the call. */
  static ClientConnection current() {
    ClientConnection connection = CURRENT.get();
    if (connection == null) {
      throw new IllegalStateException("expected the context of a call");
    }
    return connection;
  }

  InFlightBytes inFlight() {
    return inFlight;
  }

  Peers peers() {
    return peers;
  }

  /** Makes a connection when a transport opens and lets go of it when the transport ends. */
  static ServerTransportFilter filter(ApiLimits limits, Placement placement) {
    return new ServerTransportFilter() {
      @Override
      public Attributes transportReady(Attributes attributes) {
        return attributes.toBuilder()
            .set(ATTRIBUTE, new ClientConnection(limits, placement))
            .build();
      }

      @Override
      public void transportTerminated(@Nullable Attributes attributes) {
        ClientConnection connection = attributes == null ? null : attributes.get(ATTRIBUTE);
        if (connection != null) {
          connection.peers.close();
        }
      }
    };
  }

  /** Makes the connection of a call its {@link #current()} one. */
  static ServerInterceptor interceptor() {
    return new ServerInterceptor() {
      @Override
      public <Q, R> ServerCall.Listener<Q> interceptCall(
          ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        Context context = Context.current().withValue(CURRENT, call.getAttributes().get(ATTRIBUTE));
        return Contexts.interceptCall(context, call, headers, next);
      }
    };
  }
}
