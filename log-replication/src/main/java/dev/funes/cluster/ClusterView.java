package dev.funes.cluster;

import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What the metadata raft group says at one moment. Immutable: a change makes a new view. */
public final class ClusterView {

  private final Placement placement;
  private final ClusterMembers members;
  private final SortedMap<String, Topic> byName;
  private final Map<Long, Topic> byId;
  private final long lastTopicId;
  private final long version;
  private final int partitionCount;

  private ClusterView(
      Placement placement,
      ClusterMembers members,
      SortedMap<String, Topic> byName,
      long lastTopicId,
      long version) {
    this.placement = placement;
    this.members = members;
    this.byName = Collections.unmodifiableSortedMap(byName);
    this.lastTopicId = lastTopicId;
    this.version = version;
    Map<Long, Topic> ids = new HashMap<>();
    int partitions = 0;
    for (Topic topic : byName.values()) {
      if (ids.put(topic.topicId(), topic) != null) {
        throw new IllegalArgumentException("topic id " + topic.topicId() + " is there twice");
      }
      if (topic.topicId() > lastTopicId) {
        throw new IllegalArgumentException(
            "topic id " + topic.topicId() + " is above the last one given, " + lastTopicId);
      }
      partitions += topic.partitionCount();
    }
    this.byId = ids;
    this.partitionCount = partitions;
  }

  /** A new cluster: no topics, version 0. */
  public static ClusterView empty(Placement placement) {
    return new ClusterView(placement, ClusterMembers.NONE, new TreeMap<>(), 0, 0);
  }

  /**
   * A view that was stored.
   *
   * @throws IllegalArgumentException when two topics share a name or an id
   */
  public static ClusterView of(
      Placement placement,
      ClusterMembers members,
      Collection<Topic> topics,
      long lastTopicId,
      long version) {
    TreeMap<String, Topic> byName = new TreeMap<>();
    for (Topic topic : topics) {
      if (byName.put(topic.name(), topic) != null) {
        throw new IllegalArgumentException("topic " + topic.name() + " is there twice");
      }
    }
    return new ClusterView(placement, members, byName, lastTopicId, version);
  }

  /** The next version, with this placement and these members. */
  public ClusterView with(Placement changed, ClusterMembers changedMembers) {
    return new ClusterView(changed, changedMembers, byName, lastTopicId, version + 1);
  }

  /** The next version, with this topic new or in place of the one with its id. */
  public ClusterView with(Topic topic) {
    Topic namesake = byName.get(topic.name());
    if (namesake != null && namesake.topicId() != topic.topicId()) {
      throw new IllegalArgumentException("topic " + topic.name() + " exists with another id");
    }
    TreeMap<String, Topic> changed = new TreeMap<>(byName);
    Topic former = byId.get(topic.topicId());
    if (former != null) {
      changed.remove(former.name());
    }
    changed.put(topic.name(), topic);
    return new ClusterView(
        placement, members, changed, Math.max(lastTopicId, topic.topicId()), version + 1);
  }

  /** The next version, without this topic. */
  public ClusterView without(Topic topic) {
    TreeMap<String, Topic> changed = new TreeMap<>(byName);
    changed.remove(topic.name(), topic);
    return new ClusterView(placement, members, changed, lastTopicId, version + 1);
  }

  /** Where the raft groups should be now. */
  public Placement placement() {
    return placement;
  }

  /** What the cluster knows of its nodes beside their addresses. */
  public ClusterMembers members() {
    return members;
  }

  /**
   * One line that says why a node cannot have this duty; null when it can.
   *
   * @param node of the cluster or not
   */
  public @Nullable String dutyProblem(NodeId node, NodeDuty duty) {
    if (placement.node(node) == null) {
      return "node " + node + " is not in the cluster";
    }
    if (duty instanceof NodeDuty.Replaced(NodeId successor)) {
      if (successor.equals(node) || placement.node(successor) == null) {
        return "node " + successor + " cannot be the successor of node " + node;
      }
      if (!members.duty(successor).isActive()) {
        return "node " + successor + " is to be emptied itself";
      }
    }
    ClusterMembers changed = members.withDuty(node, duty);
    long active =
        placement.nodes().stream().filter(each -> changed.duty(each.id()).isActive()).count();
    if (!duty.isActive() && active < placement.replicationFactor()) {
      return "without node %s %d nodes would be left for data raft groups, and the replication factor is %d; add a node first"
          .formatted(node, active, placement.replicationFactor());
    }
    return null;
  }

  public @Nullable Topic topic(String name) {
    return byName.get(name);
  }

  public @Nullable Topic topic(long topicId) {
    return byId.get(topicId);
  }

  /** All topics in the order of their names. */
  public Collection<Topic> topics() {
    return byName.values();
  }

  /** The greatest topic id ever given, also to a topic that is no more; 0 when there was none. */
  public long lastTopicId() {
    return lastTopicId;
  }

  /** Grows by one with every change of the topics, the placement or the members. */
  public long version() {
    return version;
  }

  /** Partitions of all topics together. */
  public int partitionCount() {
    return partitionCount;
  }

  @Override
  public String toString() {
    return "ClusterView[version " + version + ", topics " + byName.keySet() + "]";
  }
}
