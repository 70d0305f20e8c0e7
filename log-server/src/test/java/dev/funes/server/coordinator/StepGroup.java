package dev.funes.server.coordinator;

import dev.funes.cluster.ClusterView;
import dev.funes.cluster.NodeEndpoint;
import dev.funes.cluster.NodeId;
import dev.funes.cluster.PartitionId;
import dev.funes.cluster.Placement;
import dev.funes.cluster.Topic;
import dev.funes.group.Assignor;
import dev.funes.group.GroupRecord;
import dev.funes.group.Held;
import dev.funes.group.Member;
import dev.funes.group.OffsetTarget;
import dev.funes.log.LogSettings;
import dev.funes.replication.OffsetUpdate;
import dev.funes.state.OffsetCause;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** A consumer group that goes from step to step, without a coordinator. */
final class StepGroup {
  static final int MEMBERS_MAX = 20;

  ClusterView view =
      ClusterView.empty(
          Placement.of("test", List.of(new NodeEndpoint(new NodeId(1), "127.0.0.1", 1, 2))));
  GroupRecord record = GroupRecord.empty(5);
  Map<PartitionId, String> target = Map.of();
  long nowMillis = 1_000;

  Topic topic(String name, int partitionCount) {
    Topic topic = new Topic(name, view.lastTopicId() + 1, partitionCount, LogSettings.DEFAULTS);
    view = view.with(topic);
    return topic;
  }

  static Member member(String id, String instanceId, String pattern, String... topics) {
    return new Member(
        id,
        instanceId,
        "client",
        "127.0.0.1",
        "",
        new TreeSet<>(Arrays.asList(topics)),
        pattern,
        Assignor.BALANCED,
        10_000,
        60_000,
        7,
        new TreeMap<>());
  }

  static GroupEvent join(String id, String... topics) {
    return new GroupEvent.Join(member(id, "", "", topics), false);
  }

  static GroupEvent leave(String id) {
    return new GroupEvent.Leave(id, GroupEvent.Why.ITSELF);
  }

  /** To the start of these partitions. */
  static GroupEvent reset(Iterable<PartitionId> partitions) {
    List<OffsetTarget> targets = new ArrayList<>();
    for (PartitionId each : partitions) {
      targets.add(new OffsetTarget(each.topicId(), each.partition(), 0L));
    }
    return new GroupEvent.Reset(new OffsetUpdate(OffsetCause.RESET, 0, targets));
  }

  GroupStep take(GroupEvent... events) {
    GroupStep step =
        GroupStep.of(
            record, List.of(events), new Subscriptions(view), target, MEMBERS_MAX, nowMillis);
    record = step.next();
    target = step.target();
    return step;
  }

  /** Another node takes over, which knows the record only. */
  void changeCoordinator() {
    record = GroupRecord.decode(record.encode());
    target = Map.of();
  }

  Member member(String id) {
    return record.members().stream().filter(each -> each.id().equals(id)).findFirst().orElseThrow();
  }

  /** What a member may read. */
  Set<PartitionId> granted(String id) {
    Set<PartitionId> granted = new TreeSet<>(member(id).held().keySet());
    granted.removeAll(revoking(id));
    return granted;
  }

  Set<PartitionId> revoking(String id) {
    Set<PartitionId> revoking = new TreeSet<>();
    member(id)
        .held()
        .forEach(
            (partition, held) -> {
              if (held.revoking()) {
                revoking.add(partition);
              }
            });
    return revoking;
  }

  Map<PartitionId, Map.Entry<String, Held>> holders() {
    Map<PartitionId, Map.Entry<String, Held>> holders = new HashMap<>();
    for (Member member : record.members()) {
      member.held().forEach((each, held) -> holders.put(each, Map.entry(member.id(), held)));
    }
    return holders;
  }

  /** Everyone lets go of what it is to release, until nothing is. */
  void settle() {
    for (int round = 0; round < 100; round++) {
      List<GroupEvent> releases = new ArrayList<>();
      for (Member member : record.members()) {
        if (!revoking(member.id()).isEmpty()) {
          releases.add(new GroupEvent.Release(member.id(), revoking(member.id())));
        }
      }
      if (releases.isEmpty()) {
        return;
      }
      take(releases.toArray(GroupEvent[]::new));
    }
    throw new AssertionError("does not come to rest: " + record);
  }

  Set<PartitionId> allHeld() {
    Set<PartitionId> held = new HashSet<>();
    record.members().forEach(member -> held.addAll(member.held().keySet()));
    return held;
  }
}
