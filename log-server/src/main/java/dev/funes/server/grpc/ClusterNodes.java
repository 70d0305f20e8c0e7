package dev.funes.server.grpc;

import dev.funes.cluster.ClusterMembers;
import dev.funes.cluster.ClusterView;
import dev.funes.cluster.NodeDuty;
import dev.funes.cluster.NodeEndpoint;
import dev.funes.cluster.NodeId;
import dev.funes.cluster.Placement;
import dev.funes.cluster.PlacementPlan;
import dev.funes.proto.v1.ClusterMember;
import dev.funes.proto.v1.ClusterNode;
import dev.funes.proto.v1.DescribeClusterResponse;
import dev.funes.proto.v1.RaftGroupMove;
import java.util.List;

/** Between nodes and moves as they are here and as the API has them. */
final class ClusterNodes {
  private ClusterNodes() {}

  static ClusterNode toProto(NodeEndpoint node) {
    return ClusterNode.newBuilder()
        .setNodeId(node.id().value())
        .setHost(node.host())
        .setPort(node.clientPort())
        .setRaftPort(node.raftPort())
        .setZone(node.zone())
        .build();
  }

  /** Throws {@link RequestProblem} with the field that is wrong. */
  static NodeEndpoint fromProto(ClusterNode node) {
    NodeId id = id("node_id", node.getNodeId());
    if (node.getNodeId() > NodeEndpoint.ID_MAX) {
      throw invalid("node_id", "node_id must be 1 to 1,000,000, was " + node.getNodeId());
    }
    if (!node.getHost().matches(NodeEndpoint.HOST)) {
      throw invalid("host", "host must be a host name or an IP address");
    }
    if (!node.getZone().isEmpty() && !node.getZone().matches(NodeEndpoint.ZONE)) {
      throw invalid("zone", "zone must be 1 to 249 of [a-zA-Z0-9._-]");
    }
    try {
      return new NodeEndpoint(
          id, node.getHost(), node.getPort(), node.getRaftPort(), node.getZone());
    } catch (IllegalArgumentException e) {
      throw invalid("port", String.valueOf(e.getMessage()));
    }
  }

  static NodeId id(String field, int value) {
    if (value < 1) {
      throw invalid(field, field + " must be 1 or more, was " + value);
    }
    return new NodeId(value);
  }

  static List<RaftGroupMove> toProto(List<PlacementPlan.Move> moves) {
    return moves.stream()
        .map(
            move ->
                RaftGroupMove.newBuilder()
                    .setRaftGroup(move.group().value())
                    .addAllFrom(values(move.from()))
                    .addAllTo(values(move.to()))
                    .build())
        .toList();
  }

  static List<Integer> values(List<NodeId> nodes) {
    return nodes.stream().map(NodeId::value).toList();
  }

  /** What the metadata says of the nodes. */
  static void describe(ClusterView view, DescribeClusterResponse.Builder response) {
    Placement placement = view.placement();
    ClusterMembers members = view.members();
    for (NodeEndpoint node : placement.nodes()) {
      ClusterMember.Builder member =
          ClusterMember.newBuilder()
              .setNode(toProto(node))
              .setDataId(members.dataId(node.id()))
              .setDuty(dev.funes.proto.v1.NodeDuty.NODE_DUTY_ACTIVE);
      switch (members.duty(node.id())) {
        case NodeDuty.Active() -> {}
        case NodeDuty.Drained() -> member.setDuty(dev.funes.proto.v1.NodeDuty.NODE_DUTY_DRAINED);
        case NodeDuty.Replaced(NodeId successor) ->
            member
                .setDuty(dev.funes.proto.v1.NodeDuty.NODE_DUTY_REPLACED)
                .setSuccessor(successor.value());
      }
      response.addMembers(member);
    }
    response
        .setFounded(members.founded())
        .addAllRetiredNodes(members.retired().stream().map(NodeId::value).toList())
        .setReplicationFactor(placement.replicationFactor())
        .setDataRaftGroupCount(placement.dataRaftGroupCount())
        .setBalancing(members.balancing())
        .setMovesLeft(PlacementPlan.of(placement, members).size());
  }

  private static RequestProblem invalid(String field, String message) {
    return new RequestProblem(Errors.invalid(field, message));
  }
}
