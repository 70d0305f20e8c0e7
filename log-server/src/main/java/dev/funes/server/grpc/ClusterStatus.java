package dev.funes.server.grpc;

import dev.funes.cluster.NodeEndpoint;
import dev.funes.cluster.NodeId;
import dev.funes.cluster.RaftGroupId;
import dev.funes.proto.v1.CheckpointCopy;
import dev.funes.proto.v1.ClusterServiceGrpc;
import dev.funes.proto.v1.DescribeClusterRequest;
import dev.funes.proto.v1.DescribeClusterResponse;
import dev.funes.proto.v1.Node;
import dev.funes.proto.v1.NodeAddress;
import dev.funes.proto.v1.RaftGroup;
import dev.funes.proto.v1.RaftReplica;
import dev.funes.replication.Replica;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Asks every node how it fares and puts the answers together. */
final class ClusterStatus {
  private static final int ANSWER_MILLIS_MAX = 2_000;

  /** More than lies between two looks at a busy raft group; less than a restart leaves behind. */
  private static final long LAG_ENTRIES_MAX = 1_000;

  private final Replica replica;
  private final NodeStatus self;
  private final Peers peers;

  ClusterStatus(Replica replica, NodeStatus self, Peers peers) {
    this.replica = replica;
    this.self = self;
    this.peers = peers;
  }

  /** Takes two seconds at most: a node that has not answered by then is unreachable. */
  CompletableFuture<DescribeClusterResponse> describe() {
    Map<NodeId, CompletableFuture<Optional<DescribeClusterResponse>>> answers = new TreeMap<>();
    for (NodeEndpoint node : replica.placement().nodes()) {
      answers.put(
          node.id(),
          node.id().equals(replica.self())
              ? CompletableFuture.completedFuture(Optional.of(self.describe()))
              : ask(node.id()));
    }
    return CompletableFuture.allOf(answers.values().toArray(CompletableFuture<?>[]::new))
        .thenApply(_ -> merge(answers));
  }

  private CompletableFuture<Optional<DescribeClusterResponse>> ask(NodeId node) {
    DescribeClusterRequest request = DescribeClusterRequest.newBuilder().setLocalOnly(true).build();
    return peers
        .<ClusterServiceGrpc.ClusterServiceStub, DescribeClusterResponse>call(
            node,
            ClusterServiceGrpc::newStub,
            (stub, answer) -> stub.describeCluster(request, answer),
            ANSWER_MILLIS_MAX,
            Errors::unavailable)
        .thenApply(Optional::of)
        .exceptionally(_ -> Optional.empty());
  }

  private DescribeClusterResponse merge(
      Map<NodeId, CompletableFuture<Optional<DescribeClusterResponse>>> answers) {
    List<String> problems = new ArrayList<>();
    DescribeClusterResponse.Builder merged =
        DescribeClusterResponse.newBuilder()
            .setClusterId(replica.placement().clusterId())
            .setNodeId(replica.self().value());
    for (NodeEndpoint node : replica.placement().nodes()) {
      DescribeClusterResponse answer = answer(answers, node.id());
      if (answer == null) {
        merged.addNodes(Node.newBuilder().setAddress(Errors.address(node)));
        problems.add("node " + node.id() + " at " + node.clientAddress() + " does not answer");
      } else {
        Node answered = answer.getNodes(0);
        merged.addNodes(answered);
        if (answered.getDiskShort()) {
          problems.add(
              "node %s has %d bytes of disk free and a reserve of %d: no records and topics are taken where it has a replica"
                  .formatted(
                      node.id(), answered.getDataBytesFree(), answered.getDiskReserveBytes()));
        }
        if (answered.getScrub().getDamagedSegments() > 0) {
          problems.add(
              "node %s has %d damaged segments: %s"
                  .formatted(
                      node.id(),
                      answered.getScrub().getDamagedSegments(),
                      answered.getScrub().getProblem()));
        }
      }
    }
    for (RaftGroupId group : replica.placement().raftGroups()) {
      merged.addRaftGroups(merge(group, answers, problems));
    }
    ClusterNodes.describe(replica.view(), merged);
    return merged.setHealthy(problems.isEmpty()).addAllProblems(problems).build();
  }

  private RaftGroup merge(
      RaftGroupId group,
      Map<NodeId, CompletableFuture<Optional<DescribeClusterResponse>>> answers,
      List<String> problems) {
    RaftGroup newest = null;
    Map<NodeId, RaftReplica> replicas = new TreeMap<>();
    for (NodeId node : replica.placement().replicas(group)) {
      RaftGroup seen = find(answer(answers, node), group);
      if (seen == null) {
        continue;
      }
      replicas.put(node, seen.getReplicas(0));
      boolean isNewer = newest == null || seen.getTerm() > newest.getTerm();
      boolean isMoreTelling =
          newest != null
              && seen.getTerm() == newest.getTerm()
              && seen.hasLeader()
              && !newest.hasLeader();
      if (isNewer || isMoreTelling) {
        newest = seen;
      }
    }
    RaftGroup.Builder merged = RaftGroup.newBuilder().setRaftGroup(group.value());
    if (newest != null) {
      merged.setTerm(newest.getTerm()).setPartitionCount(newest.getPartitionCount());
    }
    NodeId leader = newest != null && newest.hasLeader() ? leader(newest, replicas) : null;
    NodeAddress address = Errors.address(replica.placement(), leader);
    if (address == null) {
      problems.add("raft group " + group + " has no leader");
    } else {
      merged.setLeader(address);
    }
    List<Integer> behind = addReplicas(merged, group, leader, replicas, problems);
    merged.addAllWished(ClusterNodes.values(replica.placement().replicas(group)));
    RaftGroup leading = leader == null ? null : find(answer(answers, leader), group);
    if (leading != null && leading.getVotersCount() > 0) {
      merged.addAllVoters(leading.getVotersList());
      merged.setState(RaftGroupState.of(merged.getWishedList(), leading.getVotersList(), behind));
    }
    return merged.build();
  }

  private static String copying(RaftGroupId group, NodeId node, CheckpointCopy copy) {
    return "raft group %s: node %s copies a checkpoint from node %d, %d of %d bytes are there"
        .formatted(group, node, copy.getFromNodeId(), copy.getDoneBytes(), copy.getTotalBytes());
  }

  /** A leader that does not answer is none. */
  private static @Nullable NodeId leader(RaftGroup newest, Map<NodeId, RaftReplica> replicas) {
    NodeId leader = new NodeId(newest.getLeader().getNodeId());
    return replicas.containsKey(leader) ? leader : null;
  }

  /** The nodes whose replicas are far behind. */
  private List<Integer> addReplicas(
      RaftGroup.Builder merged,
      RaftGroupId group,
      @Nullable NodeId leader,
      Map<NodeId, RaftReplica> replicas,
      List<String> problems) {
    List<Integer> behind = new ArrayList<>();
    RaftReplica leading = leader == null ? null : replicas.get(leader);
    for (NodeId node : replica.placement().replicas(group)) {
      RaftReplica answered = replicas.get(node);
      NodeAddress address = Errors.address(replica.placement(), node);
      RaftReplica.Builder described = RaftReplica.newBuilder();
      if (address != null) {
        described.setAddress(address);
      }
      if (answered != null) {
        described.setAppliedIndex(answered.getAppliedIndex());
        if (answered.hasCopying()) {
          described.setCopying(answered.getCopying());
          problems.add(copying(group, node, answered.getCopying()));
        }
        if (leading != null) {
          long committed = leading.getAppliedIndex() + leading.getLagEntries();
          long lag = Math.max(0, committed - answered.getAppliedIndex());
          described.setLagEntries(lag);
          if (lag > LAG_ENTRIES_MAX) {
            behind.add(node.value());
            problems.add(
                "raft group " + group + ": node " + node + " is " + lag + " entries behind");
          }
        }
      }
      merged.addReplicas(described);
    }
    return behind;
  }

  private static @Nullable DescribeClusterResponse answer(
      Map<NodeId, CompletableFuture<Optional<DescribeClusterResponse>>> answers, NodeId node) {
    CompletableFuture<Optional<DescribeClusterResponse>> answer = answers.get(node);
    return answer == null ? null : answer.join().orElse(null);
  }

  private static @Nullable RaftGroup find(
      @Nullable DescribeClusterResponse answer, RaftGroupId group) {
    if (answer != null) {
      for (RaftGroup seen : answer.getRaftGroupsList()) {
        if (seen.getRaftGroup() == group.value()) {
          return seen;
        }
      }
    }
    return null;
  }
}
