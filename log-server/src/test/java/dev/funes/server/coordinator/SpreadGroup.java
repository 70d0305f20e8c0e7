package dev.funes.server.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.funes.cluster.PartitionId;
import dev.funes.cluster.Topic;
import dev.funes.group.Assignor;
import dev.funes.log.LogSettings;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** Members, topics, and who has what: something to be spread. */
final class SpreadGroup {
  final List<Subscriber> members = new ArrayList<>();
  final List<Topic> topics = new ArrayList<>();
  final Map<PartitionId, Set<String>> zones = new HashMap<>();
  Map<PartitionId, String> held = new HashMap<>();

  /** Members who all read one topic. */
  static SpreadGroup alike(int memberCount, int partitionCount) {
    SpreadGroup group = new SpreadGroup();
    group.topic(partitionCount);
    for (int i = 0; i < memberCount; i++) {
      group.add("m" + i, "", group.topicIds());
    }
    return group;
  }

  /** Members in zones who read some of the topics. */
  static SpreadGroup byChance(Random random, int memberCount, int topicCount) {
    SpreadGroup group = new SpreadGroup();
    for (int i = 0; i < topicCount; i++) {
      group.topic(random.nextInt(1, 13));
    }
    for (int i = 0; i < memberCount; i++) {
      group.add("m" + i, zone(random), group.some(random));
    }
    for (PartitionId each : group.partitions()) {
      group.zones.put(each, new HashSet<>(List.of(zone(random), zone(random))));
    }
    return group;
  }

  private static String zone(Random random) {
    return "zone-" + random.nextInt(3);
  }

  Topic topic(int partitionCount) {
    long id = topics.size() + 1L;
    Topic topic = new Topic("t" + id, id, partitionCount, LogSettings.DEFAULTS);
    topics.add(topic);
    return topic;
  }

  void add(String id, String zone, Set<Long> topicIds) {
    members.add(new Subscriber(id, zone, topicIds));
  }

  void changeByChance(Random random) {
    int index = random.nextInt(members.size());
    switch (random.nextInt(3)) {
      case 0 -> add("n" + random.nextInt(1_000_000), zone(random), some(random));
      case 1 -> {
        Subscriber one = members.get(index);
        members.set(index, new Subscriber(one.memberId(), one.zone(), some(random)));
      }
      default -> {
        if (members.size() > 1) {
          members.remove(index);
        }
      }
    }
  }

  Set<Long> topicIds() {
    Set<Long> ids = new HashSet<>();
    topics.forEach(topic -> ids.add(topic.topicId()));
    return ids;
  }

  private Set<Long> some(Random random) {
    Set<Long> ids = topicIds();
    ids.removeIf(_ -> random.nextInt(3) == 0);
    return ids;
  }

  List<PartitionId> partitions() {
    List<PartitionId> all = new ArrayList<>();
    for (Topic topic : topics) {
      for (int number = 0; number < topic.partitionCount(); number++) {
        all.add(topic.partition(number));
      }
    }
    return all;
  }

  Map<PartitionId, String> spread(Assignor assignor) {
    return new Spread(members, topics, held, each -> zones.getOrDefault(each, Set.of()))
        .over(assignor);
  }

  /** Partitions of the first that have another owner in the second, with that one. */
  static Map<PartitionId, String> moved(
      Map<PartitionId, String> before, Map<PartitionId, String> after) {
    Map<PartitionId, String> moved = new HashMap<>();
    before.forEach(
        (partition, owner) -> {
          String now = after.getOrDefault(partition, "");
          if (!now.equals(owner)) {
            moved.put(partition, now);
          }
        });
    return moved;
  }

  /** Each partition that somebody reads is with one who does. */
  void requireValid(Map<PartitionId, String> target) {
    Map<String, Subscriber> byId = new HashMap<>();
    members.forEach(member -> byId.put(member.memberId(), member));
    for (PartitionId each : partitions()) {
      boolean read =
          members.stream().anyMatch(member -> member.topicIds().contains(each.topicId()));
      assertThat(target.containsKey(each)).as("%s has an owner", each).isEqualTo(read);
    }
    target.forEach(
        (partition, owner) ->
            assertThat(byId)
                .extractingByKey(owner)
                .matches(each -> each.topicIds().contains(partition.topicId())));
  }

  /** No partition could go from one to another who has at least two less. */
  void requireEven(Map<PartitionId, String> target) {
    Map<String, Integer> loads = loads(target);
    target.forEach(
        (partition, owner) -> {
          for (Subscriber other : members) {
            if (other.topicIds().contains(partition.topicId())) {
              assertThat(loads.getOrDefault(owner, 0) - loads.getOrDefault(other.memberId(), 0))
                  .as("what %s has more than %s of %s", owner, other, loads)
                  .isLessThanOrEqualTo(1);
            }
          }
        });
  }

  /** Of members who all read everything: those with most keep the larger shares. */
  int fewestMoves() {
    int each = partitions().size() / members.size();
    int more = partitions().size() % members.size();
    List<Integer> loads = new ArrayList<>(loads(held).values());
    loads.sort((a, b) -> b - a);
    int moves = 0;
    for (int i = 0; i < loads.size(); i++) {
      moves += Math.max(0, loads.get(i) - (i < more ? each + 1 : each));
    }
    return moves;
  }

  private Map<String, Integer> loads(Map<PartitionId, String> owners) {
    Map<String, Integer> loads = new HashMap<>();
    members.forEach(member -> loads.put(member.memberId(), 0));
    owners.values().forEach(owner -> loads.merge(owner, 1, Integer::sum));
    return loads;
  }
}
