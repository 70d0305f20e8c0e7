package dev.funes.raft.entries;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.grpc.RaftServerProtocolServiceGrpc;
import org.apache.ratis.thirdparty.io.grpc.Metadata;
import org.apache.ratis.thirdparty.io.grpc.ServerCall;
import org.apache.ratis.thirdparty.io.grpc.ServerCallHandler;
import org.apache.ratis.thirdparty.io.grpc.ServerInterceptor;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The follower's side of all streams of entries: a port, and an interceptor that must be the
 * outermost of the Raft port's, so that the others see what comes in here. Thread-safe.
 */
public final class EntryListener implements ServerInterceptor, Closeable {

  private static final Logger LOG = LoggerFactory.getLogger(EntryListener.class);

  private final ServerSocketChannel listener;
  private final int port;
  private final int messageBytesMax;
  private final Map<UUID, FollowerCall> expected = new ConcurrentHashMap<>();

  private EntryListener(ServerSocketChannel listener, int port, int messageBytesMax) {
    this.listener = listener;
    this.port = port;
    this.messageBytesMax = messageBytesMax;
  }

  /**
   * Listens where the Raft port does.
   *
   * @param port 0 for any that is free: leaders are told
   * @param messageBytesMax a longer message ends its stream
   * @throws IOException when the port cannot be listened on
   */
  public static EntryListener start(String host, int port, int messageBytesMax) throws IOException {
    ServerSocketChannel channel = ServerSocketChannel.open();
    boolean bound = false;
    try {
      channel.bind(new InetSocketAddress(host, port));
      bound = true;
    } finally {
      if (!bound) {
        channel.close();
      }
    }
    int localPort = ((InetSocketAddress) channel.getLocalAddress()).getPort();
    EntryListener entries = new EntryListener(channel, localPort, messageBytesMax);
    Thread.ofPlatform().daemon().name("funes-entries-accept").start(entries::accept);
    return entries;
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    if (!call.getMethodDescriptor()
        .getFullMethodName()
        .equals(RaftServerProtocolServiceGrpc.getAppendEntriesMethod().getFullMethodName())) {
      return next.startCall(call, headers);
    }
    String version = headers.get(Greeting.VERSION_KEY);
    if (!Integer.toString(Greeting.VERSION).equals(version)) {
      call.close(
          Status.FAILED_PRECONDITION.withDescription(
              "this node takes streams of entries of version %d, that one sends version %s"
                  .formatted(Greeting.VERSION, version)),
          new Metadata());
      return new ServerCall.Listener<>() {};
    }
    @SuppressWarnings("unchecked") // as the method's name says
    ServerCall.Listener<Q> followed =
        (ServerCall.Listener<Q>)
            follow(
                (ServerCall<AppendEntriesRequestProto, AppendEntriesReplyProto>) call,
                headers,
                (ServerCallHandler<AppendEntriesRequestProto, AppendEntriesReplyProto>) next);
    return followed;
  }

  private ServerCall.Listener<AppendEntriesRequestProto> follow(
      ServerCall<AppendEntriesRequestProto, AppendEntriesReplyProto> call,
      Metadata headers,
      ServerCallHandler<AppendEntriesRequestProto, AppendEntriesReplyProto> next) {
    Greeting greeting = new Greeting(port, UUID.randomUUID());
    FollowerCall followed = new FollowerCall(call, () -> expected.remove(greeting.ticket()));
    expected.put(greeting.ticket(), followed);
    ServerCall.Listener<AppendEntriesRequestProto> listener = followed.start(next, headers);
    call.sendHeaders(greeting.headers());
    return listener;
  }

  private void accept() {
    while (true) {
      try {
        SocketChannel channel = listener.accept();
        Thread.ofVirtual().name("funes-entries-hello").start(() -> welcome(channel));
      } catch (ClosedChannelException e) {
        return;
      } catch (IOException e) {
        LOG.warn("cannot accept a stream of entries", e);
        pause();
      }
    }
  }

  /** No descriptors, most likely. */
  private static void pause() {
    try {
      Thread.sleep(100);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void welcome(SocketChannel channel) {
    boolean welcome = false;
    try {
      UUID ticket = Greeting.ticket(channel);
      FollowerCall followed = expected.remove(ticket);
      if (followed == null) {
        LOG.info("{} shows a ticket that nobody waits for", channel);
        return;
      }
      MessageConnection connection = new MessageConnection(channel, messageBytesMax);
      Thread.ofPlatform()
          .daemon()
          .name("funes-entries-in-" + channel.socket().getPort())
          .start(() -> followed.run(connection));
      welcome = true;
    } catch (IOException e) {
      LOG.warn("{} is not a stream of entries: {}", channel, e.toString());
    } finally {
      if (!welcome) {
        close(channel);
      }
    }
  }

  private static void close(SocketChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      LOG.debug("{} does not close well", channel, e);
    }
  }

  /** Where it listens. */
  public int port() {
    return port;
  }

  /** Stops listening; streams end with their calls. */
  @Override
  public void close() throws IOException {
    listener.close();
  }
}
