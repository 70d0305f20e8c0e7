package dev.funes.server.grpc;

import dev.funes.proto.v1.RaftGroupServiceGrpc;
import dev.funes.replication.Replica;
import java.util.concurrent.Executor;

/** What other nodes ask of this one about the replicas of raft groups. */
final class RaftGroupService extends RaftGroupServiceGrpc.RaftGroupServiceImplBase {
  private final Replica replica;
  private final Unary unary;
  private final Executor executor;

  RaftGroupService(Replica replica, Unary unary, Executor executor) {
    this.replica = replica;
    this.unary = unary;
    this.executor = executor;
  }

  /** For the calls that are served here. */
  Replica replica() {
    return replica;
  }

  Unary unary() {
    return unary;
  }

  Executor executor() {
    return executor;
  }
}
