package dev.funes.server.grpc;

import dev.funes.proto.v1.ClusterServiceGrpc;
import dev.funes.proto.v1.DescribeClusterRequest;
import dev.funes.proto.v1.DescribeClusterResponse;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletableFuture;

/** What the cluster is made of and how it fares: what this node knows, or what all nodes say. */
final class ClusterService extends ClusterServiceGrpc.ClusterServiceImplBase {
  private final NodeStatus node;
  private final ClusterStatus cluster;
  private final Unary unary;

  ClusterService(NodeStatus node, ClusterStatus cluster, Unary unary) {
    this.node = node;
    this.cluster = cluster;
    this.unary = unary;
  }

  @Override
  public void describeCluster(
      DescribeClusterRequest request, StreamObserver<DescribeClusterResponse> responses) {
    unary.answer(
        responses,
        () ->
            request.getLocalOnly()
                ? CompletableFuture.completedFuture(node.describe())
                : cluster.describe());
  }
}
