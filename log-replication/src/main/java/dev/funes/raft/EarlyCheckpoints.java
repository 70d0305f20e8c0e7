package dev.funes.raft;

import java.io.IOException;
import java.util.function.Supplier;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.proto.RaftProtos.RaftGroupIdProto;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.thirdparty.io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import org.apache.ratis.thirdparty.io.grpc.Metadata;
import org.apache.ratis.thirdparty.io.grpc.ServerCall;
import org.apache.ratis.thirdparty.io.grpc.ServerCallHandler;
import org.apache.ratis.thirdparty.io.grpc.ServerInterceptor;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * Turns a leader away that tells a raft group to take a checkpoint before its Raft log is open
 * here; the leader asks again. Ratis notes first that a checkpoint is on its way, and then fails
 * because of the log: from then on it answers that one is on its way, for ever, and the replica
 * never comes back (SnapshotInstallationHandler of 3.3.0). Called on the network's threads.
 */
final class EarlyCheckpoints implements ServerInterceptor {

  private final Supplier<@Nullable RaftServer> server;

  /**
   * @param server null until it is built
   */
  EarlyCheckpoints(Supplier<@Nullable RaftServer> server) {
    this.server = server;
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    return new SimpleForwardingServerCallListener<>(next.startCall(call, headers)) {
      private boolean refused;

      @Override
      public void onMessage(Q message) {
        if (message instanceof InstallSnapshotRequestProto request && !isOpen(request)) {
          refused = true;
          call.close(
              Status.UNAVAILABLE.withDescription("the Raft log is not open yet"), new Metadata());
        } else if (!refused) {
          super.onMessage(message);
        }
      }

      @Override
      public void onHalfClose() {
        if (!refused) {
          super.onHalfClose();
        }
      }
    };
  }

  /** A raft group that is not here at all is Ratis' to answer for. */
  boolean isOpen(InstallSnapshotRequestProto request) {
    RaftServer built = server.get();
    if (built == null) {
      return false;
    }
    RaftGroupIdProto group = request.getServerRequest().getRaftGroupId();
    RaftServer.Division division;
    try {
      division = built.getDivision(RaftGroupId.valueOf(group.getId()));
    } catch (IOException e) {
      return true;
    }
    try {
      var _ = division.getRaftLog(); // Throws until it is open; there is no way to ask.
      return true;
    } catch (IllegalStateException e) {
      return false;
    }
  }
}
