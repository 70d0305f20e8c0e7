package dev.funes.server.grpc;

import dev.funes.cluster.NodeEndpoint;
import dev.funes.cluster.NodeId;
import dev.funes.cluster.RaftGroupId;
import dev.funes.proto.v1.DescribeReplicaRequest;
import dev.funes.proto.v1.DescribeReplicaResponse;
import dev.funes.proto.v1.ForgetReplicaRequest;
import dev.funes.proto.v1.ForgetReplicaResponse;
import dev.funes.proto.v1.RaftGroupServiceGrpc;
import dev.funes.replication.ForgetOutcome;
import dev.funes.replication.ReplicaPeers;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Asks other nodes about the replicas of raft groups. A node that joins knows them only from its
 * configuration, so they are given by where they are.
 */
final class RaftGroupPeers implements ReplicaPeers, AutoCloseable {
  /** A change of voters is committed within it, unless a quorum is missing. */
  private static final int FORGET_MILLIS_MAX = 15_000;

  /** What is asked is whether a node can lead soon; one that does not say so soon cannot. */
  private static final int APPLIED_MILLIS_MAX = 1_000;

  private final Map<NodeEndpoint, ManagedChannel> channels = new HashMap<>();
  private boolean closed;

  @Override
  public CompletableFuture<ForgetOutcome> forget(
      NodeEndpoint to, RaftGroupId id, NodeId lost, boolean onlyAsk) {
    ForgetReplicaRequest request =
        ForgetReplicaRequest.newBuilder()
            .setRaftGroup(id.value())
            .setNodeId(lost.value())
            .setOnlyAsk(onlyAsk)
            .build();
    RaftGroupServiceGrpc.RaftGroupServiceStub stub =
        RaftGroupServiceGrpc.newStub(channel(to))
            .withDeadlineAfter(FORGET_MILLIS_MAX, TimeUnit.MILLISECONDS);
    return FutureObserver.<ForgetReplicaResponse>call(
            observer -> stub.forgetReplica(request, observer))
        .thenApply(RaftGroupPeers::outcome);
  }

  @Override
  public CompletableFuture<Long> appliedIndex(NodeEndpoint of, RaftGroupId id) {
    DescribeReplicaRequest request =
        DescribeReplicaRequest.newBuilder().setRaftGroup(id.value()).build();
    RaftGroupServiceGrpc.RaftGroupServiceStub stub =
        RaftGroupServiceGrpc.newStub(channel(of))
            .withWaitForReady() // one that has just come back may be asked for the first time
            .withDeadlineAfter(APPLIED_MILLIS_MAX, TimeUnit.MILLISECONDS);
    return FutureObserver.<DescribeReplicaResponse>call(
            observer -> stub.describeReplica(request, observer))
        .thenApply(DescribeReplicaResponse::getAppliedIndex);
  }

  private static ForgetOutcome outcome(ForgetReplicaResponse response) {
    if (response.getForgotten()) {
      return new ForgetOutcome.Forgotten();
    }
    return response.getWhyNot().isEmpty()
        ? new ForgetOutcome.NotLeader(
            response.getLeaderId() == 0 ? null : new NodeId(response.getLeaderId()))
        : new ForgetOutcome.NotYet(response.getWhyNot());
  }

  private synchronized ManagedChannel channel(NodeEndpoint to) {
    if (closed) {
      throw new IllegalStateException("the node closes");
    }
    ManagedChannel channel =
        channels.computeIfAbsent(
            to,
            node ->
                NettyChannelBuilder.forAddress(node.host(), node.clientPort())
                    .usePlaintext()
                    .intercept(ClientConnection.namesThisNode())
                    .build());
    if (channel.getState(false) == ConnectivityState.TRANSIENT_FAILURE) {
      channel.resetConnectBackoff();
    }
    return channel;
  }

  @Override
  public synchronized void close() {
    closed = true;
    channels.values().forEach(ManagedChannel::shutdownNow);
  }
}
