package dev.funes.chaos.cluster;

import dev.funes.proto.v1.AddNodeRequest;
import dev.funes.proto.v1.BalanceRequest;
import dev.funes.proto.v1.ClusterNode;
import dev.funes.proto.v1.ClusterServiceGrpc;
import dev.funes.proto.v1.ClusterServiceGrpc.ClusterServiceBlockingStub;
import dev.funes.proto.v1.DescribeClusterRequest;
import dev.funes.proto.v1.DescribeClusterResponse;
import dev.funes.proto.v1.DrainNodeRequest;
import dev.funes.proto.v1.RemoveNodeRequest;
import dev.funes.proto.v1.ReplaceNodeRequest;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Changes which nodes a cluster has, as an operator would: asks whichever node answers, again and
 * again until one has done it. All of it may be done twice.
 */
public final class Membership {
  private static final long CALL_SECONDS = 15;
  private static final Duration CHANGE = Duration.ofMinutes(2);

  private final ChaosCluster cluster;

  public Membership(ChaosCluster cluster) {
    this.cluster = cluster;
  }

  /** Lets a node in that was started with {@code --join}. */
  public void add(ChaosNode node) throws IOException {
    call(
        "add node " + node.id(),
        stub -> {
          var _ = stub.addNode(AddNodeRequest.newBuilder().setNode(message(node)).build());
        });
  }

  /** Puts a node that was started with {@code --join} in the place of one that is gone. */
  public void replace(int gone, ChaosNode successor) throws IOException {
    call(
        "replace node " + gone,
        stub -> {
          var _ =
              stub.replaceNode(
                  ReplaceNodeRequest.newBuilder()
                      .setNodeId(gone)
                      .setSuccessor(message(successor))
                      .build());
        });
  }

  /** Moves everything away from a node. */
  public void drain(int nodeId) throws IOException {
    call(
        "drain node " + nodeId,
        stub -> {
          var _ = stub.drainNode(DrainNodeRequest.newBuilder().setNodeId(nodeId).build());
        });
  }

  /** Forgets a node that has nothing any more. */
  public void remove(int nodeId) throws IOException {
    call(
        "remove node " + nodeId,
        stub -> {
          var _ = stub.removeNode(RemoveNodeRequest.newBuilder().setNodeId(nodeId).build());
        });
  }

  /** Spreads the raft groups. */
  public void balance() throws IOException {
    call(
        "balance",
        stub -> {
          var _ = stub.balance(BalanceRequest.getDefaultInstance());
        });
  }

  /** Waits until everything has moved that is to move. */
  public void awaitMoved(Duration limit) throws IOException {
    await("moves to end", limit, answer -> answer.getMovesLeft() == 0 && !answer.getBalancing());
  }

  /** Waits until a node is not known any more. */
  public void awaitRetired(int nodeId, Duration limit) throws IOException {
    await(
        "node " + nodeId + " to be retired",
        limit,
        answer -> answer.getRetiredNodesList().contains(nodeId));
  }

  private void await(String what, Duration limit, Predicate<DescribeClusterResponse> wanted)
      throws IOException {
    long begin = System.nanoTime();
    String last = "no answer";
    while (System.nanoTime() - begin < limit.toNanos()) {
      DescribeClusterResponse[] answer = new DescribeClusterResponse[1];
      call(
          "describe",
          stub -> answer[0] = stub.describeCluster(DescribeClusterRequest.getDefaultInstance()));
      if (wanted.test(answer[0])) {
        return;
      }
      last = answer[0].getMovesLeft() + " moves left, " + answer[0].getProblemsList();
      Shell.pause(500);
    }
    throw new IOException("waited %d s for %s: %s".formatted(limit.toSeconds(), what, last));
  }

  private void call(String what, Consumer<ClusterServiceBlockingStub> request) throws IOException {
    long begin = System.nanoTime();
    String last = "no node runs";
    while (System.nanoTime() - begin < CHANGE.toNanos()) {
      for (ChaosNode node : running()) {
        ManagedChannel channel =
            ManagedChannelBuilder.forAddress(node.address().host(), node.address().port())
                .usePlaintext()
                .build();
        try {
          request.accept(
              ClusterServiceGrpc.newBlockingStub(channel)
                  .withDeadlineAfter(CALL_SECONDS, TimeUnit.SECONDS));
          return;
        } catch (StatusRuntimeException e) {
          last = node.server() + ": " + e.getMessage();
        } finally {
          channel.shutdownNow();
        }
      }
      Shell.pause(500);
    }
    throw new IOException(what + ": " + last);
  }

  private List<ChaosNode> running() {
    return cluster.nodes().stream().filter(ChaosNode::runs).toList();
  }

  private static ClusterNode message(ChaosNode node) {
    NodeNetwork.NodeAddress address = node.address();
    return ClusterNode.newBuilder()
        .setNodeId(node.id())
        .setHost(address.host())
        .setPort(address.port())
        .setRaftPort(address.raftPort())
        .build();
  }
}
