package dev.funes.cluster;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is where: which nodes replicate a raft group, which of them should lead it, and which raft
 * group carries a partition or a consumer group. A pure function of the cluster's configuration, so
 * every node computes the same and none has to ask.
 *
 * @param clusterId name of the cluster; must not change while its data is kept
 * @param nodes all nodes, in the order of their ids
 * @param replicationFactor nodes that hold each data raft group, 1 to the number of nodes
 * @param dataRaftGroupCount fixed for the life of a cluster, 1 or more
 */
public record Placement(
    String clusterId, List<NodeEndpoint> nodes, int replicationFactor, int dataRaftGroupCount) {

  public static final int REPLICATION_FACTOR_DEFAULT = 3;

  public Placement {
    if (clusterId.isBlank()) {
      throw new IllegalArgumentException("cluster must have a name");
    }
    nodes = nodes.stream().sorted(Comparator.comparing(NodeEndpoint::id)).toList();
    if (nodes.isEmpty()) {
      throw new IllegalArgumentException("nodes must not be empty");
    }
    requireUnique(nodes);
    if (replicationFactor < 1 || replicationFactor > nodes.size()) {
      throw new IllegalArgumentException(
          "replication-factor must be 1 to the number of nodes, "
              + nodes.size()
              + ", was "
              + replicationFactor);
    }
    if (dataRaftGroupCount < 1) {
      throw new IllegalArgumentException(
          "data raft groups must be 1 or more, was " + dataRaftGroupCount);
    }
  }

  /** Two data raft groups a node, at least three: enough to spread leaders, few enough threads. */
  public static Placement of(String clusterId, List<NodeEndpoint> nodes, int replicationFactor) {
    return new Placement(clusterId, nodes, replicationFactor, Math.max(3, 2 * nodes.size()));
  }

  public static Placement of(String clusterId, List<NodeEndpoint> nodes) {
    return of(clusterId, nodes, Math.min(REPLICATION_FACTOR_DEFAULT, Math.max(1, nodes.size())));
  }

  public List<RaftGroupId> raftGroups() {
    List<RaftGroupId> groups = new ArrayList<>();
    for (int value = 0; value <= dataRaftGroupCount; value++) {
      groups.add(new RaftGroupId(value));
    }
    return List.copyOf(groups);
  }

  public List<RaftGroupId> dataRaftGroups() {
    return raftGroups().subList(1, dataRaftGroupCount + 1);
  }

  /** Raft groups that this node replicates, the metadata raft group first. */
  public List<RaftGroupId> raftGroupsOf(NodeId node) {
    return raftGroups().stream().filter(group -> replicas(group).contains(node)).toList();
  }

  /** Nodes that replicate this raft group, the preferred leader first. */
  public List<NodeId> replicas(RaftGroupId group) {
    require(group);
    if (group.isMetadata()) {
      return nodes.stream().map(NodeEndpoint::id).toList();
    }
    List<NodeId> replicas = new ArrayList<>();
    for (int i = 0; i < replicationFactor; i++) {
      replicas.add(nodes.get((group.value() - 1 + i) % nodes.size()).id());
    }
    return List.copyOf(replicas);
  }

  /** The replica that should lead when it can, so that leaders are spread evenly. */
  public NodeId preferredLeader(RaftGroupId group) {
    return replicas(group).getFirst();
  }

  /** Neighbouring partitions of a topic, and the first partitions of topics, get different ones. */
  public RaftGroupId raftGroupOf(PartitionId partition) {
    long spread =
        Math.floorMod(partition.topicId() - 1 + partition.partition(), dataRaftGroupCount);
    return new RaftGroupId(1 + (int) spread);
  }

  /** Where the offsets of a consumer group live. */
  public RaftGroupId raftGroupOfConsumerGroup(String group) {
    // String.hashCode is specified, so this is the same on every JVM; the mix spreads similar
    // names.
    int hash = group.hashCode() * 0x9e3779b9;
    return new RaftGroupId(1 + Math.floorMod(hash ^ (hash >>> 16), dataRaftGroupCount));
  }

  public @Nullable NodeEndpoint node(NodeId id) {
    for (NodeEndpoint node : nodes) {
      if (node.id().equals(id)) {
        return node;
      }
    }
    return null;
  }

  private void require(RaftGroupId group) {
    if (group.value() > dataRaftGroupCount) {
      throw new IllegalArgumentException(
          "raft group must be 0 to " + dataRaftGroupCount + ", was " + group);
    }
  }

  private static void requireUnique(List<NodeEndpoint> nodes) {
    Set<NodeId> ids = new HashSet<>();
    Set<String> addresses = new HashSet<>();
    for (NodeEndpoint node : nodes) {
      if (!ids.add(node.id())) {
        throw new IllegalArgumentException("node id " + node.id() + " is there twice");
      }
      if (!addresses.add(node.clientAddress())) {
        throw new IllegalArgumentException("address " + node.clientAddress() + " is there twice");
      }
      if (!addresses.add(node.raftAddress())) {
        throw new IllegalArgumentException("address " + node.raftAddress() + " is there twice");
      }
    }
  }
}
