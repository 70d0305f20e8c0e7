package dev.funes.client;

import dev.funes.proto.v1.ClusterMember;
import dev.funes.proto.v1.ClusterNode;
import dev.funes.proto.v1.ClusterServiceGrpc;
import dev.funes.proto.v1.DescribeClusterRequest;
import dev.funes.proto.v1.DescribeClusterResponse;
import io.grpc.stub.StreamObserver;

/** Which nodes a {@link FakeCluster} has. */
final class FakeClusterService extends ClusterServiceGrpc.ClusterServiceImplBase {
  private final FakeCluster cluster;

  FakeClusterService(FakeCluster cluster) {
    this.cluster = cluster;
  }

  @Override
  public void describeCluster(
      DescribeClusterRequest request, StreamObserver<DescribeClusterResponse> responses) {
    DescribeClusterResponse.Builder response = DescribeClusterResponse.newBuilder();
    for (FakeNode node : cluster.nodes) {
      response.addMembers(
          ClusterMember.newBuilder()
              .setNode(
                  ClusterNode.newBuilder()
                      .setNodeId(node.id)
                      .setHost(node.address().host())
                      .setPort(node.address().port())));
    }
    responses.onNext(response.build());
    responses.onCompleted();
  }
}
