package dev.funes.cluster;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What is where: which nodes should replicate a raft group, which of them should lead it, and which
 * raft group carries a partition or a consumer group. Which raft group carries what never changes;
 * where the raft groups are does, by commands of the metadata raft group. Each change makes a new
 * value; {@link ClusterView#placement} is the one of now.
 *
 * @param clusterId name of the cluster; must not change while its data is kept
 * @param nodes all nodes, in the order of their ids, at most {@value #NODES_MAX}
 * @param replicationFactor nodes that hold each data raft group, 1 to the number of nodes
 * @param dataRaftGroupCount fixed for the life of a cluster, 1 or more
 * @param dataReplicas the nodes of each data raft group, the preferred leader first; as many
 *     different ones as the replication factor says
 */
public record Placement(
    String clusterId,
    List<NodeEndpoint> nodes,
    int replicationFactor,
    int dataRaftGroupCount,
    Map<RaftGroupId, List<NodeId>> dataReplicas) {

  public static final int REPLICATION_FACTOR_DEFAULT = 3;

  /** All of them vote in the metadata raft group: with more, each commit waits for more disks. */
  public static final int NODES_MAX = 7;

  public Placement {
    if (clusterId.isBlank()) {
      throw new IllegalArgumentException("cluster must have a name");
    }
    nodes = nodes.stream().sorted(Comparator.comparing(NodeEndpoint::id)).toList();
    if (nodes.isEmpty()) {
      throw new IllegalArgumentException("nodes must not be empty");
    }
    if (nodes.size() > NODES_MAX) {
      throw new IllegalArgumentException(
          "a cluster has at most " + NODES_MAX + " nodes, had " + nodes.size());
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
    dataReplicas = checked(nodes, replicationFactor, dataRaftGroupCount, dataReplicas);
  }

  /** The placement of a new cluster: replicas and leaders go round the nodes. */
  public Placement(
      String clusterId, List<NodeEndpoint> nodes, int replicationFactor, int dataRaftGroupCount) {
    this(
        clusterId,
        nodes,
        replicationFactor,
        dataRaftGroupCount,
        initialReplicas(nodes, replicationFactor, dataRaftGroupCount));
  }

  /** With as many data raft groups as a new cluster has if nobody says how many. */
  public static Placement of(String clusterId, List<NodeEndpoint> nodes, int replicationFactor) {
    return new Placement(
        clusterId, nodes, replicationFactor, defaultDataRaftGroupCount(nodes.size()));
  }

  /** How many a new cluster has: one for each node to lead, and at least 3 (ADR 34). */
  public static int defaultDataRaftGroupCount(int nodeCount) {
    return Math.max(3, nodeCount);
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

  /** Data raft groups that are placed on this node. */
  public List<RaftGroupId> dataRaftGroupsOf(NodeId node) {
    return dataRaftGroups().stream().filter(group -> replicas(group).contains(node)).toList();
  }

  /** Nodes that replicate this raft group, the preferred leader first. */
  public List<NodeId> replicas(RaftGroupId group) {
    require(group);
    if (group.isMetadata()) {
      return nodes.stream().map(NodeEndpoint::id).toList();
    }
    List<NodeId> replicas = dataReplicas.get(group);
    if (replicas == null) {
      throw new IllegalStateException("expected replicas of raft group " + group);
    }
    return replicas;
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

  /** With this node new, or in place of the one with its id. */
  public Placement with(NodeEndpoint node) {
    List<NodeEndpoint> changed = new ArrayList<>(nodes);
    changed.removeIf(other -> other.id().equals(node.id()));
    changed.add(node);
    return withNodes(changed);
  }

  /**
   * Without this node.
   *
   * @throws IllegalArgumentException when a data raft group is placed on it
   */
  public Placement without(NodeId node) {
    return withNodes(nodes.stream().filter(other -> !other.id().equals(node)).toList());
  }

  private Placement withNodes(List<NodeEndpoint> changed) {
    return new Placement(clusterId, changed, replicationFactor, dataRaftGroupCount, dataReplicas);
  }

  /**
   * With a data raft group on these nodes, the preferred leader first.
   *
   * @throws IllegalArgumentException unless they are as many different nodes of the cluster as the
   *     replication factor says
   */
  public Placement withReplicas(RaftGroupId group, List<NodeId> replicas) {
    require(group);
    if (group.isMetadata()) {
      throw new IllegalArgumentException("the metadata raft group is on every node");
    }
    Map<RaftGroupId, List<NodeId>> changed = new TreeMap<>(dataReplicas);
    changed.put(group, replicas);
    return new Placement(clusterId, nodes, replicationFactor, dataRaftGroupCount, changed);
  }

  private static Map<RaftGroupId, List<NodeId>> initialReplicas(
      List<NodeEndpoint> nodes, int replicationFactor, int dataRaftGroupCount) {
    List<NodeId> ids = nodes.stream().map(NodeEndpoint::id).sorted().toList();
    Map<RaftGroupId, List<NodeId>> initial = new TreeMap<>();
    // What does not fit is left out here, and named by the checks that follow.
    int replicas = Math.min(replicationFactor, ids.size());
    for (int value = 1; value <= dataRaftGroupCount && replicas > 0; value++) {
      List<NodeId> of = new ArrayList<>();
      for (int i = 0; i < replicas; i++) {
        of.add(ids.get((value - 1 + i) % ids.size()));
      }
      initial.put(new RaftGroupId(value), of);
    }
    return initial;
  }

  private static Map<RaftGroupId, List<NodeId>> checked(
      List<NodeEndpoint> nodes,
      int replicationFactor,
      int dataRaftGroupCount,
      Map<RaftGroupId, List<NodeId>> dataReplicas) {
    if (dataReplicas.size() != dataRaftGroupCount) {
      throw new IllegalArgumentException(
          "expected the replicas of %d data raft groups, had %d"
              .formatted(dataRaftGroupCount, dataReplicas.size()));
    }
    Set<NodeId> known = new HashSet<>();
    nodes.forEach(node -> known.add(node.id()));
    TreeMap<RaftGroupId, List<NodeId>> checked = new TreeMap<>();
    dataReplicas.forEach(
        (group, replicas) -> {
          if (group.isMetadata() || group.value() > dataRaftGroupCount) {
            throw new IllegalArgumentException(
                "data raft group must be 1 to " + dataRaftGroupCount + ", was " + group);
          }
          requireReplicas(group, replicas, known, replicationFactor);
          checked.put(group, List.copyOf(replicas));
        });
    return Collections.unmodifiableSortedMap(checked);
  }

  private static void requireReplicas(
      RaftGroupId group, List<NodeId> replicas, Set<NodeId> known, int replicationFactor) {
    if (replicas.size() != replicationFactor || Set.copyOf(replicas).size() != replicas.size()) {
      throw new IllegalArgumentException(
          "raft group %s must have %d different replicas, had %s"
              .formatted(group, replicationFactor, replicas));
    }
    for (NodeId replica : replicas) {
      if (!known.contains(replica)) {
        throw new IllegalArgumentException(
            "raft group " + group + " is placed on node " + replica + ", which is not there");
      }
    }
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
