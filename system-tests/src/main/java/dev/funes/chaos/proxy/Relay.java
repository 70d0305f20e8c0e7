package dev.funes.chaos.proxy;

import com.google.protobuf.Message;
import dev.funes.proto.v1.LogServiceGrpc;
import dev.funes.proto.v1.ProduceRequest;
import dev.funes.proto.v1.ProduceResponse;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/** One call from a client to a node, through the proxy, with the flow control of both sides. */
final class Relay implements Lies.Wire {
  private final ServerCall<Message, Message> client;
  private final ClientCall<Message, Message> node;
  private final Route route;
  private final String method;

  // Guarded by this.
  private boolean nodeHalfClosed;
  private boolean headersSent;
  private boolean over;
  private boolean clientWaits; // for the node to take more
  private boolean nodeWaits; // for the client to take more

  private Relay(
      ServerCall<Message, Message> client, ClientCall<Message, Message> node, Route route) {
    this.client = client;
    this.node = node;
    this.route = route;
    String name = client.getMethodDescriptor().getFullMethodName();
    this.method = name.substring(name.lastIndexOf('.') + 1);
  }

  static ServerCall.Listener<Message> start(
      ServerCall<Message, Message> client, Metadata headers, Route route) {
    ClientCall<Message, Message> node =
        route.channel().newCall(client.getMethodDescriptor(), CallOptions.DEFAULT);
    Relay relay = new Relay(client, node, route);
    node.start(relay.new FromNode(), new Metadata());
    node.request(1);
    client.request(1);
    return relay.new FromClient();
  }

  @Override
  public String method() {
    return method;
  }

  @Override
  public synchronized void toNode(Message request) {
    if (!over && !nodeHalfClosed) {
      node.sendMessage(request);
    }
  }

  @Override
  public synchronized void toClient(Message response) {
    if (!over && !client.isCancelled()) {
      sendHeaders();
      client.sendMessage(route.addresses().replaced(response));
    }
  }

  @Override
  public void later(long millis, Runnable action) {
    try {
      var _ = route.timer().schedule(action, millis, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException closed) {
      // The proxy is gone, and with it whatever it still held.
    }
  }

  @Override
  public void toNodeApart(Message request) {
    StreamObserver<ProduceRequest> apart =
        LogServiceGrpc.newStub(route.channel()).produce(new Unheard());
    apart.onNext((ProduceRequest) request);
    apart.onCompleted();
  }

  private synchronized void sendHeaders() {
    if (!headersSent) {
      headersSent = true;
      client.sendHeaders(new Metadata());
    }
  }

  private synchronized void end(Status status, Metadata trailers) {
    if (!over) {
      over = true;
      client.close(status, route.addresses().replaced(status, trailers));
    }
  }

  private final class FromClient extends ServerCall.Listener<Message> {
    @Override
    public void onMessage(Message request) {
      route.lies().request(Relay.this, request);
      synchronized (Relay.this) {
        if (node.isReady() || over) {
          client.request(1);
        } else {
          clientWaits = true;
        }
      }
    }

    @Override
    public void onHalfClose() {
      synchronized (Relay.this) {
        nodeHalfClosed = true;
        node.halfClose();
      }
    }

    @Override
    public void onCancel() {
      synchronized (Relay.this) {
        over = true;
      }
      node.cancel("the client has gone", null);
    }

    @Override
    public void onReady() {
      synchronized (Relay.this) {
        if (nodeWaits) {
          nodeWaits = false;
          node.request(1);
        }
      }
    }
  }

  private final class FromNode extends ClientCall.Listener<Message> {
    @Override
    public void onHeaders(Metadata headers) {
      synchronized (Relay.this) {
        if (!over) {
          sendHeaders();
        }
      }
    }

    @Override
    public void onMessage(Message response) {
      route.lies().response(Relay.this, response);
      synchronized (Relay.this) {
        if (client.isReady() || over) {
          node.request(1);
        } else {
          nodeWaits = true;
        }
      }
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      end(status, trailers);
    }

    @Override
    public void onReady() {
      synchronized (Relay.this) {
        if (clientWaits) {
          clientWaits = false;
          client.request(1);
        }
      }
    }
  }

  /** An answer that nobody gets. */
  private static final class Unheard implements StreamObserver<ProduceResponse> {
    @Override
    public void onNext(ProduceResponse response) {}

    @Override
    public void onError(Throwable failure) {}

    @Override
    public void onCompleted() {}
  }
}
