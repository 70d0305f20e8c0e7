package dev.funes.raft.entries;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.io.grpc.ClientCall;
import org.apache.ratis.thirdparty.io.grpc.Grpc;
import org.apache.ratis.thirdparty.io.grpc.Metadata;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A call of gRPC at a leader, the messages of which go and come by a connection of their own. The
 * call itself stays open beside it: it says where to connect, and how it all ends. Messages are
 * written on the thread that sends them, which waits until the follower's kernel has taken them.
 */
final class LeaderCall extends ClientCall<AppendEntriesRequestProto, AppendEntriesReplyProto> {

  private static final Logger LOG = LoggerFactory.getLogger(LeaderCall.class);

  /** When a connection ends, its call says why a moment later. */
  private static final int REASON_MILLIS_MAX = 1_000;

  private static final int REPLY_BYTES_MAX = 1 << 20;

  /** Whose stream it is: heartbeats and entries of a raft group have one each. */
  private record Stream(ByteString leader, ByteString follower, ByteString group, boolean beats) {}

  /**
   * The call of each stream that was written to last. Ratis leaves a call alone when it has had no
   * answer for long, and makes another; the old one is ended then, so that no threads pile up.
   */
  private static final Map<Stream, LeaderCall> CURRENT = new ConcurrentHashMap<>();

  private final ClientCall<AppendEntriesRequestProto, AppendEntriesReplyProto> carrier;

  /** Ratis is told of one thing at a time; gRPC's threads and ours both tell it. */
  private final ReentrantLock telling = new ReentrantLock();

  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile @Nullable MessageConnection connection;
  private volatile @Nullable IOException failure;
  private volatile boolean ended;
  private volatile boolean replaced;
  private volatile @Nullable Stream stream; // Null before the first message.

  LeaderCall(ClientCall<AppendEntriesRequestProto, AppendEntriesReplyProto> carrier) {
    this.carrier = carrier;
  }

  @Override
  public void start(Listener<AppendEntriesReplyProto> listener, Metadata headers) {
    headers.put(Greeting.VERSION_KEY, Integer.toString(Greeting.VERSION));
    carrier.start(new Carried(listener), headers);
  }

  private final class Carried extends Listener<AppendEntriesReplyProto> {

    private final Listener<AppendEntriesReplyProto> told;

    Carried(Listener<AppendEntriesReplyProto> told) {
      this.told = told;
    }

    @Override
    public void onHeaders(Metadata headers) {
      Thread.ofPlatform()
          .daemon()
          .name("funes-entries-out")
          .start(() -> LeaderCall.this.run(headers, told));
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      ended = true;
      disconnect();
      telling.lock();
      try {
        if (!replaced) {
          IOException cause = failure;
          told.onClose(
              cause == null
                  ? status
                  : Status.UNAVAILABLE.withCause(cause).withDescription(cause.toString()),
              trailers);
        }
      } finally {
        telling.unlock();
        closed.countDown();
      }
    }
  }

  /** Connects, and passes replies on until the connection ends. */
  private void run(Metadata headers, Listener<AppendEntriesReplyProto> told) {
    try {
      Greeting greeting = Greeting.of(headers);
      if (!(carrier.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR)
          instanceof InetSocketAddress follower)) {
        throw new IOException("the address of the follower is not known");
      }
      try (MessageConnection open =
          new MessageConnection(greeting.connect(follower), REPLY_BYTES_MAX)) {
        connection = open;
        Thread.currentThread().setName("funes-entries-out-" + follower.getPort());
        receive(open, told);
      }
      giveUp(new IOException("the stream of entries has ended"));
    } catch (IOException e) {
      giveUp(e);
    } catch (RuntimeException e) {
      LOG.warn("a reply to entries was not taken", e);
      giveUp(new IOException("a reply to entries was not taken", e));
    }
  }

  private void receive(MessageConnection open, Listener<AppendEntriesReplyProto> told)
      throws IOException {
    while (!ended) {
      AppendEntriesReplyProto reply = open.receive(AppendEntriesReplyProto.parser());
      if (reply == null) {
        return;
      }
      telling.lock();
      try {
        if (!ended) {
          told.onMessage(reply);
        }
      } finally {
        telling.unlock();
      }
    }
  }

  /** The connection is of no use any more. The call may say why, or ends here. */
  private void giveUp(IOException cause) {
    try {
      if (closed.await(REASON_MILLIS_MAX, TimeUnit.MILLISECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    failure = cause;
    carrier.cancel(cause.toString(), cause);
  }

  private void disconnect() {
    MessageConnection open = connection;
    if (open != null) {
      open.close();
    }
    Stream ofThis = stream;
    if (ofThis != null) {
      CURRENT.remove(ofThis, this);
    }
  }

  @Override
  public boolean isReady() {
    return connection != null && !ended;
  }

  @Override
  public void sendMessage(AppendEntriesRequestProto message) {
    MessageConnection open = connection;
    if (open == null || ended) {
      return; // As gRPC does: onClose has been called, or will be.
    }
    if (stream == null) {
      begin(message);
    }
    try {
      open.send(message);
    } catch (IOException e) {
      LOG.debug("{} takes no more entries", open, e); // It is closed now: see run.
    }
  }

  private void begin(AppendEntriesRequestProto message) {
    RaftRpcRequestProto request = message.getServerRequest();
    Stream begun =
        new Stream(
            request.getRequestorId(),
            request.getReplyId(),
            request.getRaftGroupId().getId(),
            message.getEntriesCount() == 0);
    stream = begun;
    LeaderCall before = CURRENT.put(begun, this);
    if (before != null) {
      before.replaced = true;
      before.ended = true;
      before.carrier.cancel("another stream has taken its place", null);
      before.disconnect();
    }
  }

  /** None will come by way of gRPC. */
  @Override
  public void request(int messages) {}

  @Override
  public void halfClose() {
    carrier.halfClose();
  }

  @Override
  public void cancel(@Nullable String message, @Nullable Throwable cause) {
    carrier.cancel(message, cause);
  }
}
