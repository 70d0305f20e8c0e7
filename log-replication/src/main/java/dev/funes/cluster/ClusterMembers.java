package dev.funes.cluster;

import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What the metadata raft group knows of the nodes beside where they are.
 *
 * @param founded whether the placement is stored. Before, each node has it from its configuration,
 *     and it cannot change
 * @param dataIds of the nodes that have registered: which data directory is theirs
 * @param duties of the nodes whose duty is not {@link NodeDuty.Active}
 * @param retired ids of removed nodes, which are never given again: nothing that such a node may
 *     still send must be taken for a newer one's
 * @param balancing whether raft groups are being spread evenly; ends by itself when they are
 */
public record ClusterMembers(
    boolean founded,
    Map<NodeId, String> dataIds,
    Map<NodeId, NodeDuty> duties,
    Set<NodeId> retired,
    boolean balancing) {

  /** Nothing is known yet. */
  public static final ClusterMembers NONE =
      new ClusterMembers(false, Map.of(), Map.of(), Set.of(), false);

  public ClusterMembers {
    dataIds = Collections.unmodifiableSortedMap(new TreeMap<>(dataIds));
    SortedMap<NodeId, NodeDuty> special = new TreeMap<>(duties);
    special.values().removeIf(NodeDuty::isActive);
    duties = Collections.unmodifiableSortedMap(special);
    retired = Collections.unmodifiableSortedSet(new TreeSet<>(retired));
  }

  /** Which data directory is the node's; empty when it has not registered. */
  public String dataId(NodeId node) {
    return dataIds.getOrDefault(node, "");
  }

  public NodeDuty duty(NodeId node) {
    return duties.getOrDefault(node, new NodeDuty.Active());
  }

  public ClusterMembers withFounded() {
    return new ClusterMembers(true, dataIds, duties, retired, balancing);
  }

  public ClusterMembers withDataId(NodeId node, String dataId) {
    SortedMap<NodeId, String> changed = new TreeMap<>(dataIds);
    changed.put(node, dataId);
    return new ClusterMembers(founded, changed, duties, retired, balancing);
  }

  public ClusterMembers withDuty(NodeId node, NodeDuty duty) {
    SortedMap<NodeId, NodeDuty> changed = new TreeMap<>(duties);
    changed.put(node, duty);
    return new ClusterMembers(founded, dataIds, changed, retired, balancing);
  }

  public ClusterMembers withBalancing(boolean now) {
    return new ClusterMembers(founded, dataIds, duties, retired, now);
  }

  /** Forgets a node, but for its id. */
  public ClusterMembers withRetired(NodeId node) {
    SortedMap<NodeId, String> otherIds = new TreeMap<>(dataIds);
    otherIds.remove(node);
    SortedMap<NodeId, NodeDuty> otherDuties = new TreeMap<>(duties);
    otherDuties.remove(node);
    SortedSet<NodeId> more = new TreeSet<>(retired);
    more.add(node);
    return new ClusterMembers(founded, otherIds, otherDuties, more, balancing);
  }
}
