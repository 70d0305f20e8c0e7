package dev.funes.server.coordinator;

import dev.funes.cluster.ClusterView;
import dev.funes.cluster.PartitionId;
import dev.funes.cluster.Placement;
import dev.funes.cluster.RaftGroupId;
import dev.funes.cluster.Topic;
import dev.funes.group.Member;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedSet;
import java.util.stream.Collectors;

/** What members subscribe to, of the topics that there are at one moment. One thread. */
final class Subscriptions {
  private record Wish(SortedSet<String> topics, String pattern) {}

  private final ClusterView view;
  private final Map<Wish, Set<Long>> found = new HashMap<>();
  private final Map<RaftGroupId, Set<String>> zones = new HashMap<>();

  Subscriptions(ClusterView view) {
    this.view = view;
  }

  /** Names of topics that are in one of the views only. */
  static Set<String> changedNames(ClusterView former, ClusterView view) {
    Set<String> names = new HashSet<>();
    view.topics().stream()
        .filter(topic -> former.topic(topic.topicId()) == null)
        .forEach(topic -> names.add(topic.name()));
    former.topics().stream()
        .filter(topic -> view.topic(topic.topicId()) == null)
        .forEach(topic -> names.add(topic.name()));
    return names;
  }

  ClusterView view() {
    return view;
  }

  /** Ids of the topics that a member reads. */
  Set<Long> topicIds(Member member) {
    return found.computeIfAbsent(
        new Wish(member.topics(), member.topicPattern()),
        wish -> {
          Set<Long> ids = new HashSet<>();
          wish.topics.stream()
              .map(view::topic)
              .filter(Objects::nonNull)
              .forEach(topic -> ids.add(topic.topicId()));
          if (!wish.pattern.isEmpty()) {
            TopicPattern pattern = TopicPattern.of(wish.pattern);
            view.topics().stream()
                .filter(topic -> pattern.matches(topic.name()))
                .forEach(topic -> ids.add(topic.topicId()));
          }
          return Set.copyOf(ids);
        });
  }

  /** Everything that anyone of them reads. */
  List<Topic> topics(Iterable<Member> members) {
    Set<Set<Long>> seen = new HashSet<>();
    Set<Long> ids = new HashSet<>();
    for (Member member : members) {
      Set<Long> wished = topicIds(member);
      if (seen.add(wished)) {
        ids.addAll(wished);
      }
    }
    return view.topics().stream().filter(topic -> ids.contains(topic.topicId())).toList();
  }

  /** False for a topic that was deleted; one that is too new for this view is not. */
  boolean mayExist(long topicId) {
    return topicId > view.lastTopicId() || view.topic(topicId) != null;
  }

  /** Whether this view knows the topic. */
  boolean knows(long topicId) {
    return view.topic(topicId) != null;
  }

  /** Zones of the nodes that have a replica. */
  Set<String> zones(PartitionId partition) {
    Placement placement = view.placement();
    return zones.computeIfAbsent(
        placement.raftGroupOf(partition),
        group ->
            placement.replicas(group).stream()
                .map(placement::node)
                .filter(Objects::nonNull)
                .map(node -> node.zone())
                .filter(zone -> !zone.isEmpty())
                .collect(Collectors.toUnmodifiableSet()));
  }
}
