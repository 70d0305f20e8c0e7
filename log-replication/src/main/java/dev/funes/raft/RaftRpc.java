package dev.funes.raft;

import dev.funes.raft.entries.EntrySender;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.grpc.GrpcFactory;
import org.apache.ratis.rpc.RpcFactory;
import org.apache.ratis.rpc.RpcType;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.leader.FollowerInfo;
import org.apache.ratis.server.leader.LeaderState;
import org.apache.ratis.server.leader.LogAppender;

/**
 * Ratis over gRPC, with {@link LastingAppender}s and {@link EntrySender}. Ratis makes it, by the
 * name of the class.
 */
public final class RaftRpc implements RpcType {

  static {
    EntrySender.install();
  }

  @Override
  public String name() {
    return RaftRpc.class.getName();
  }

  @Override
  public RpcFactory newFactory(Parameters parameters) {
    return new Factory(parameters);
  }

  private static final class Factory extends GrpcFactory {

    Factory(Parameters parameters) {
      super(parameters);
    }

    @Override
    public LogAppender newLogAppender(
        RaftServer.Division server, LeaderState leader, FollowerInfo follower) {
      return new LastingAppender(server, leader, follower);
    }
  }
}
