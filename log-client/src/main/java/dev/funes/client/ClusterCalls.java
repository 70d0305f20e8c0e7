package dev.funes.client;

import dev.funes.proto.v1.AddNodeRequest;
import dev.funes.proto.v1.BalanceRequest;
import dev.funes.proto.v1.ClusterServiceGrpc;
import dev.funes.proto.v1.DescribeClusterRequest;
import dev.funes.proto.v1.DescribeClusterResponse;
import dev.funes.proto.v1.DrainNodeRequest;
import dev.funes.proto.v1.RaftGroup;
import dev.funes.proto.v1.RemoveNodeRequest;
import dev.funes.proto.v1.ReplaceNodeRequest;
import dev.funes.proto.v1.ScrubServiceGrpc;
import dev.funes.proto.v1.StartScrubRequest;
import dev.funes.proto.v1.StartScrubResponse;
import dev.funes.proto.v1.TransferLeaderRequest;
import java.util.List;

/** What is asked about the nodes and where raft groups are; all of it may be asked twice. */
final class ClusterCalls {
  private final UnaryCalls calls;

  ClusterCalls(UnaryCalls calls) {
    this.calls = calls;
  }

  ClusterDescription describe() {
    return FromProto.cluster(
        calls.call(
            ClusterServiceGrpc.getDescribeClusterMethod(),
            DescribeClusterRequest.getDefaultInstance()));
  }

  void add(ClusterNode node) {
    calls.call(
        ClusterServiceGrpc.getAddNodeMethod(),
        AddNodeRequest.newBuilder().setNode(proto(node)).build());
  }

  void remove(int nodeId) {
    calls.call(
        ClusterServiceGrpc.getRemoveNodeMethod(),
        RemoveNodeRequest.newBuilder().setNodeId(nodeId).build());
  }

  List<RaftGroupMove> drain(int nodeId, boolean undo, boolean dryRun) {
    return moves(
        calls
            .call(
                ClusterServiceGrpc.getDrainNodeMethod(),
                DrainNodeRequest.newBuilder()
                    .setNodeId(nodeId)
                    .setUndo(undo)
                    .setDryRun(dryRun)
                    .build())
            .getMovesList());
  }

  List<RaftGroupMove> replace(int nodeId, ClusterNode successor, boolean dryRun) {
    return moves(
        calls
            .call(
                ClusterServiceGrpc.getReplaceNodeMethod(),
                ReplaceNodeRequest.newBuilder()
                    .setNodeId(nodeId)
                    .setSuccessor(proto(successor))
                    .setDryRun(dryRun)
                    .build())
            .getMovesList());
  }

  List<RaftGroupMove> balance(boolean stop, boolean dryRun) {
    return moves(
        calls
            .call(
                ClusterServiceGrpc.getBalanceMethod(),
                BalanceRequest.newBuilder().setStop(stop).setDryRun(dryRun).build())
            .getMovesList());
  }

  void transferLeader(int raftGroup, int nodeId) {
    calls.call(
        ClusterServiceGrpc.getTransferLeaderMethod(),
        TransferLeaderRequest.newBuilder().setRaftGroup(raftGroup).setNodeId(nodeId).build());
  }

  ScrubStart startScrub(int node) {
    StartScrubResponse started =
        calls.call(
            ScrubServiceGrpc.getStartScrubMethod(),
            StartScrubRequest.newBuilder().setNodeId(node).build());
    return new ScrubStart(started.getNodeIdsList(), started.getUnreachableNodeIdsList());
  }

  static List<ClusterMember> members(DescribeClusterResponse response) {
    return response.getMembersList().stream().map(ClusterCalls::member).toList();
  }

  static RaftGroupPlacement placement(RaftGroup group) {
    return new RaftGroupPlacement(group.getWishedList(), group.getVotersList(), group.getState());
  }

  private static ClusterMember member(dev.funes.proto.v1.ClusterMember member) {
    dev.funes.proto.v1.ClusterNode node = member.getNode();
    return new ClusterMember(
        new ClusterNode(
            node.getNodeId(), node.getHost(), node.getPort(), node.getRaftPort(), node.getZone()),
        switch (member.getDuty()) {
          case NODE_DUTY_ACTIVE -> NodeDuty.ACTIVE;
          case NODE_DUTY_DRAINED -> NodeDuty.DRAINED;
          case NODE_DUTY_REPLACED -> NodeDuty.REPLACED;
          case NODE_DUTY_UNSPECIFIED, UNRECOGNIZED -> NodeDuty.UNKNOWN;
        },
        member.hasSuccessor() ? member.getSuccessor() : null,
        member.getDataId());
  }

  private static dev.funes.proto.v1.ClusterNode proto(ClusterNode node) {
    return dev.funes.proto.v1.ClusterNode.newBuilder()
        .setNodeId(node.nodeId())
        .setHost(node.host())
        .setPort(node.port())
        .setRaftPort(node.raftPort())
        .setZone(node.zone())
        .build();
  }

  private static List<RaftGroupMove> moves(List<dev.funes.proto.v1.RaftGroupMove> moves) {
    return moves.stream()
        .map(move -> new RaftGroupMove(move.getRaftGroup(), move.getFromList(), move.getToList()))
        .toList();
  }
}
