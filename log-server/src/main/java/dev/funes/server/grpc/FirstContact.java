package dev.funes.server.grpc;

import dev.funes.cluster.NodeEndpoint;
import dev.funes.proto.v1.ClusterMember;
import dev.funes.proto.v1.ClusterServiceGrpc;
import dev.funes.proto.v1.DescribeClusterRequest;
import dev.funes.proto.v1.DescribeClusterResponse;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/** Asks nodes that may run what they know of the cluster, before this one runs. */
public final class FirstContact {

  /**
   * What a node knows.
   *
   * @param founded false when it knows no more than its configuration
   * @param dataIds of all nodes of the cluster; empty of one that has not registered
   * @param retired ids of removed nodes
   */
  public record Known(
      int answeredBy,
      String clusterId,
      boolean founded,
      int dataRaftGroupCount,
      Map<Integer, String> dataIds,
      Set<Integer> retired) {}

  private FirstContact() {}

  /**
   * The answers that come in time. Ends as soon as a node that knows the cluster has answered, or
   * all have; one that does not run is asked until the time is over, because it may be starting.
   */
  public static List<Known> ask(List<NodeEndpoint> nodes, long millisMax)
      throws InterruptedException {
    Queue<Known> answers = new ConcurrentLinkedQueue<>();
    CompletableFuture<Void> enough = new CompletableFuture<>();
    List<ManagedChannel> channels = new ArrayList<>();
    List<CompletableFuture<?>> calls = new ArrayList<>();
    try {
      for (NodeEndpoint node : nodes) {
        ManagedChannel channel =
            NettyChannelBuilder.forAddress(node.host(), node.clientPort())
                .usePlaintext()
                .intercept(ClientConnection.namesThisNode())
                .build();
        channels.add(channel);
        calls.add(
            call(channel, millisMax)
                .handle(
                    (answer, failure) -> {
                      if (failure == null) {
                        Known known = known(answer);
                        answers.add(known);
                        if (known.founded()) {
                          enough.complete(null);
                        }
                      }
                      return null;
                    }));
      }
      var _ =
          CompletableFuture.allOf(calls.toArray(CompletableFuture<?>[]::new))
              .thenRun(() -> enough.complete(null));
      enough.get(millisMax, TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      return List.copyOf(answers); // what has come is what there is
    } catch (ExecutionException e) {
      throw new IllegalStateException("expected answers or none", e);
    } finally {
      channels.forEach(ManagedChannel::shutdownNow);
    }
    return List.copyOf(answers);
  }

  private static CompletableFuture<DescribeClusterResponse> call(
      ManagedChannel channel, long millisMax) {
    DescribeClusterRequest request = DescribeClusterRequest.newBuilder().setLocalOnly(true).build();
    return FutureObserver.call(
        answer ->
            ClusterServiceGrpc.newStub(channel)
                .withWaitForReady()
                .withDeadlineAfter(millisMax, TimeUnit.MILLISECONDS)
                .describeCluster(request, answer));
  }

  private static Known known(DescribeClusterResponse answer) {
    return new Known(
        answer.getNodeId(),
        answer.getClusterId(),
        answer.getFounded(),
        answer.getDataRaftGroupCount(),
        answer.getMembersList().stream()
            .collect(
                Collectors.toMap(
                    member -> member.getNode().getNodeId(),
                    ClusterMember::getDataId,
                    (a, _) -> a,
                    TreeMap::new)),
        new TreeSet<>(answer.getRetiredNodesList()));
  }
}
