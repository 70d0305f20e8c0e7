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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
    merged.setMovesLeft(merged.getMovesLeft() + moving(merged.getRaftGroupsList()));
    return merged.setHealthy(problems.isEmpty()).addAllProblems(problems).build();
  }

  private RaftGroup merge(
      RaftGroupId group,
      Map<NodeId, CompletableFuture<Optional<DescribeClusterResponse>>> answers,
      List<String> problems) {
    // While a raft group moves, a node may have it that should not, and may lead it.
    Map<NodeId, RaftGroup> seen = new TreeMap<>();
    for (NodeId node : answers.keySet()) {
      RaftGroup said = find(answer(answers, node), group);
      if (said != null) {
        seen.put(node, said);
      }
    }
    RaftGroup.Builder merged = RaftGroup.newBuilder().setRaftGroup(group.value());
    List<NodeId> wished = replica.placement().replicas(group);
    NodeId leader = leader(wished, seen);
    RaftGroup leading = leader == null ? null : seen.get(leader);
    NodeAddress address = Errors.address(replica.placement(), leader);
    if (leading == null || address == null) {
      problems.add("raft group " + group + " has no leader");
    } else {
      merged.setLeader(address);
    }
    for (RaftGroup said : leading == null ? seen.values() : List.of(leading)) {
      if (said.getTerm() >= merged.getTerm()) {
        merged.setTerm(said.getTerm()).setPartitionCount(said.getPartitionCount());
      }
    }
    List<Integer> behind = addReplicas(merged, group, leading, seen, problems);
    merged.addAllWished(ClusterNodes.values(wished));
    if (leading != null) {
      merged.addAllVoters(leading.getVotersList());
      List<Integer> missing = new ArrayList<>(merged.getWishedList());
      missing.removeAll(leading.getVotersList());
      if (!missing.isEmpty()) {
        problems.add("raft group " + group + " has no vote yet on nodes " + missing);
      }
    }
    return merged.setState(state(merged, leader, behind, seen)).build();
  }

  /** Data raft groups whose voters are not, or may not be, those that are wished. */
  static int moving(List<RaftGroup> groups) {
    int moving = 0;
    for (RaftGroup group : groups) {
      if (group.getRaftGroup() > 0
          && !Set.copyOf(group.getVotersList()).equals(Set.copyOf(group.getWishedList()))) {
        moving++;
      }
    }
    return moving;
  }

  private static String copying(RaftGroupId group, NodeId node, CheckpointCopy copy) {
    return "raft group %s: node %s copies a checkpoint from node %d, %d of %d bytes are there"
        .formatted(group, node, copy.getFromNodeId(), copy.getDoneBytes(), copy.getTotalBytes());
  }

  private static String state(
      RaftGroup.Builder merged,
      @Nullable NodeId leader,
      List<Integer> behind,
      Map<NodeId, RaftGroup> seen) {
    List<String> states = new ArrayList<>();
    if (merged.getVotersCount() > 0) {
      String moving = RaftGroupState.of(merged.getWishedList(), merged.getVotersList(), behind);
      RaftGroup leading = leader == null ? null : seen.get(leader);
      states.add(moving.isEmpty() && leading != null ? leading.getState() : moving);
    }
    seen.forEach(
        (node, said) -> {
          if (said.getReplicasCount() > 0 && said.getReplicas(0).hasCopying()) {
            CheckpointCopy copy = said.getReplicas(0).getCopying();
            states.add(
                "node %s has copied %d of %d bytes"
                    .formatted(node, copy.getDoneBytes(), copy.getTotalBytes()));
          }
          if (!node.equals(leader) && !said.getState().isEmpty()) {
            states.add("node " + node + " " + said.getState());
          }
        });
    states.removeIf(String::isEmpty);
    return String.join(", ", states);
  }

  /** Who says so itself; else who is said to, and answers. */
  private static @Nullable NodeId leader(List<NodeId> wished, Map<NodeId, RaftGroup> seen) {
    NodeId leader = null;
    long term = -1;
    for (Map.Entry<NodeId, RaftGroup> each : seen.entrySet()) {
      if (each.getValue().getVotersCount() > 0 && each.getValue().getTerm() > term) {
        leader = each.getKey();
        term = each.getValue().getTerm();
      }
    }
    if (leader != null) {
      return leader;
    }
    for (NodeId node : wished) {
      RaftGroup said = seen.get(node);
      if (said != null && said.hasLeader() && said.getTerm() > term) {
        NodeId named = new NodeId(said.getLeader().getNodeId());
        leader = seen.containsKey(named) ? named : null;
        term = said.getTerm();
      }
    }
    return leader;
  }

  /** The nodes whose replicas are far behind. */
  private List<Integer> addReplicas(
      RaftGroup.Builder merged,
      RaftGroupId group,
      @Nullable RaftGroup leading,
      Map<NodeId, RaftGroup> seen,
      List<String> problems) {
    List<Integer> behind = new ArrayList<>();
    Set<NodeId> nodes = new LinkedHashSet<>(replica.placement().replicas(group));
    nodes.addAll(seen.keySet());
    for (NodeId node : nodes) {
      RaftGroup said = seen.get(node);
      NodeAddress address = Errors.address(replica.placement(), node);
      RaftReplica.Builder described = RaftReplica.newBuilder();
      if (address != null) {
        described.setAddress(address);
      }
      if (said != null && said.getReplicasCount() > 0) {
        RaftReplica answered = said.getReplicas(0);
        long applied = answered.getAppliedIndex();
        described.setAppliedIndex(applied);
        if (answered.hasCopying()) {
          described.setCopying(answered.getCopying());
          problems.add(copying(group, node, answered.getCopying()));
        }
        if (leading != null && leading.getReplicasCount() > 0) {
          RaftReplica most = leading.getReplicas(0);
          long lag = Math.max(0, most.getAppliedIndex() + most.getLagEntries() - applied);
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
