package dev.funes.raft.entries;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.thirdparty.io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import org.apache.ratis.thirdparty.io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import org.apache.ratis.thirdparty.io.grpc.Metadata;
import org.apache.ratis.thirdparty.io.grpc.ServerCall;
import org.apache.ratis.thirdparty.io.grpc.ServerCallHandler;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * A call of gRPC at a follower, the messages of which come and go by a connection of their own. The
 * call itself stays open beside it: it says how it all ends.
 */
final class FollowerCall
    extends SimpleForwardingServerCall<AppendEntriesRequestProto, AppendEntriesReplyProto> {

  private final Runnable onEnd;
  private final AtomicBoolean closed = new AtomicBoolean();

  /** Ratis is told of one thing at a time; gRPC's threads and ours both tell it. */
  private final ReentrantLock telling = new ReentrantLock();

  private ServerCall.@Nullable Listener<AppendEntriesRequestProto> listener;
  private boolean ended; // Guarded by telling.
  private volatile @Nullable MessageConnection connection;

  /**
   * @param onEnd called once or more when nobody needs to connect any more
   */
  FollowerCall(
      ServerCall<AppendEntriesRequestProto, AppendEntriesReplyProto> call, Runnable onEnd) {
    super(call);
    this.onEnd = onEnd;
  }

  /** Begins the call; what is returned is for gRPC. */
  ServerCall.Listener<AppendEntriesRequestProto> start(
      ServerCallHandler<AppendEntriesRequestProto, AppendEntriesReplyProto> next,
      Metadata headers) {
    ServerCall.Listener<AppendEntriesRequestProto> told = next.startCall(this, headers);
    listener = told;
    return new SimpleForwardingServerCallListener<>(told) {

      @Override
      public void onHalfClose() {
        tell(super::onHalfClose);
      }

      @Override
      public void onCancel() {
        end(super::onCancel);
      }

      @Override
      public void onComplete() {
        end(super::onComplete);
      }
    };
  }

  /** Takes messages until the connection ends, on this thread. */
  void run(MessageConnection incoming) {
    connection = incoming;
    Status status = Status.UNAVAILABLE.withDescription("the stream of entries has ended");
    try {
      while (!isClosed()) {
        AppendEntriesRequestProto message = incoming.receive(AppendEntriesRequestProto.parser());
        if (message == null) {
          break;
        }
        tell(
            () -> {
              if (listener != null) {
                listener.onMessage(message);
              }
            });
      }
    } catch (IOException e) {
      status = status.withCause(e).withDescription("the stream of entries failed: " + e);
    } catch (RuntimeException e) {
      status = Status.INTERNAL.withCause(e).withDescription("entries were not taken: " + e);
    } finally {
      close(status, new Metadata());
    }
  }

  private boolean isClosed() {
    return closed.get();
  }

  private void tell(Runnable what) {
    telling.lock();
    try {
      if (!ended) {
        what.run();
      }
    } finally {
      telling.unlock();
    }
  }

  private void end(Runnable what) {
    closed.set(true);
    disconnect();
    telling.lock();
    try {
      if (!ended) {
        ended = true;
        what.run();
      }
    } finally {
      telling.unlock();
    }
  }

  private void disconnect() {
    onEnd.run();
    MessageConnection open = connection;
    if (open != null) {
      open.close();
    }
  }

  /** None will come by way of gRPC. */
  @Override
  public void request(int messages) {}

  /** The headers have gone already: they say where to connect. */
  @Override
  public void sendHeaders(Metadata headers) {}

  @Override
  public void sendMessage(AppendEntriesReplyProto reply) {
    MessageConnection open = connection;
    if (open == null || isClosed()) {
      return; // As gRPC does when the other side is gone.
    }
    try {
      open.send(reply);
    } catch (IOException e) {
      close(
          Status.UNAVAILABLE.withCause(e).withDescription("a reply could not be sent: " + e),
          new Metadata());
    }
  }

  @Override
  public void close(Status status, Metadata trailers) {
    if (closed.compareAndSet(false, true)) {
      super.close(status, trailers);
    }
    disconnect();
  }
}
