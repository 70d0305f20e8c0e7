package dev.funes.server.grpc;

import dev.funes.cluster.PartitionId;
import dev.funes.cluster.Topic;
import dev.funes.proto.v1.ErrorCode;
import dev.funes.proto.v1.OffsetTarget;
import dev.funes.proto.v1.ResetOffsetsRequest;
import dev.funes.proto.v1.ResetTopic;
import dev.funes.server.grpc.ResetPlan.Aim;
import dev.funes.server.grpc.ResetPlan.Wish;
import dev.funes.state.Bookmark;
import dev.funes.state.GroupOffset;
import dev.funes.state.HistoryEntry;
import dev.funes.state.KeyedState;
import dev.funes.state.OffsetCause;
import dev.funes.state.OffsetChange;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** Says which partitions a reset moves, and where each is to go. Looks at no log. */
final class ResetWishes {
  private static final int PAGE_ENTRIES = 20;

  private final GroupStates states;
  private final KeyedState state;
  private final ResetOffsetsRequest request;
  // The topics that the request names.
  private final Map<String, Topic> topics;
  private final Map<PartitionId, Long> stored = new HashMap<>();

  ResetWishes(
      GroupStates states,
      KeyedState state,
      ResetOffsetsRequest request,
      Map<String, Topic> topics) {
    this.states = states;
    this.state = state;
    this.request = request;
    this.topics = topics;
    for (GroupOffset each : state.offsets(request.getGroup())) {
      stored.put(id(each.topicId(), each.partition()), each.offset().offset());
    }
  }

  /** Throws {@link RequestProblem} when it makes no sense. */
  List<Wish> wishes() {
    return switch (request.getToCase()) {
      case START -> each((_, _) -> new Aim.Start());
      case END -> each((_, _) -> new Aim.End());
      case OFFSET -> each((_, _) -> new Aim.Near(request.getOffset()));
      case TIMESTAMP_MILLIS -> each((_, _) -> new Aim.AtTime(request.getTimestampMillis()));
      case SHIFT_BY -> each(this::shifted);
      case BOOKMARK -> bookmarked();
      case TARGETS -> targeted();
      case UNDO -> undoing(undone());
      case TO_NOT_SET -> throw new IllegalStateException("expected a target");
    };
  }

  /** The partitions that are named, or have a stored offset. */
  private List<Wish> each(BiFunction<PartitionId, @Nullable Long, Aim> aim) {
    List<Wish> wishes = new ArrayList<>();
    if (request.getTopicsCount() == 0) {
      stored.forEach((partition, from) -> add(wishes, partition, aim.apply(partition, from)));
      if (wishes.isEmpty()) {
        throw new RequestProblem(Errors.unknownGroup(request.getGroup()));
      }
      return wishes;
    }
    for (PartitionId partition : named()) {
      add(wishes, partition, aim.apply(partition, stored.get(partition)));
    }
    return wishes;
  }

  private Set<PartitionId> named() {
    Set<PartitionId> named = new HashSet<>();
    for (ResetTopic asked : request.getTopicsList()) {
      Topic topic = topic(asked.getTopic());
      asked.getPartitionsList().forEach(number -> named.add(Topics.partition(topic, number)));
      for (int i = 0; asked.getPartitionsCount() == 0 && i < topic.partitionCount(); i++) {
        named.add(topic.partition(i));
      }
    }
    return named;
  }

  private Aim shifted(PartitionId partition, @Nullable Long from) {
    if (from == null) {
      throw invalid(
          "shift_by",
          "shift_by needs a stored offset, and partition %d of %s has none"
              .formatted(partition.partition(), states.topicName(partition.topicId())));
    }
    long by = request.getShiftBy();
    return new Aim.Near(
        by > 0 && from > Long.MAX_VALUE - by ? Long.MAX_VALUE : Math.max(0, from + by));
  }

  private List<Wish> bookmarked() {
    Bookmark bookmark = PastOffsets.bookmark(state, request.getGroup(), request.getBookmark());
    Set<PartitionId> named = named();
    List<Wish> wishes = new ArrayList<>();
    for (GroupOffset each : bookmark.offsets()) {
      PartitionId partition = id(each.topicId(), each.partition());
      if (request.getTopicsCount() == 0 || named.remove(partition)) {
        add(wishes, partition, new Aim.Near(each.offset().offset()));
      }
    }
    requireHeld(bookmark, wishes);
    return wishes;
  }

  /** What is asked for by name has to be there; of a whole topic, some of it. */
  private void requireHeld(Bookmark bookmark, List<Wish> wishes) {
    for (ResetTopic asked : request.getTopicsList()) {
      List<Integer> held =
          wishes.stream()
              .filter(wish -> wish.topic().name().equals(asked.getTopic()))
              .map(Wish::partition)
              .toList();
      if (held.isEmpty() || !held.containsAll(asked.getPartitionsList())) {
        throw invalid(
            "topics",
            "bookmark %s has no offset of %s"
                .formatted(
                    bookmark.name(),
                    held.isEmpty()
                        ? "topic " + asked.getTopic()
                        : "one of these partitions of topic " + asked.getTopic()));
      }
    }
    if (wishes.isEmpty()) {
      throw invalid(
          "bookmark",
          "bookmark " + bookmark.name() + " has no offset of a topic that is still there");
    }
  }

  private List<Wish> targeted() {
    List<Wish> wishes = new ArrayList<>();
    Set<PartitionId> seen = new HashSet<>();
    for (int i = 0; i < request.getTargets().getTargetsCount(); i++) {
      OffsetTarget asked = request.getTargets().getTargets(i);
      PartitionId partition = Topics.partition(topic(asked.getTopic()), asked.getPartition());
      String field = "targets[" + i + "]";
      if (!seen.add(partition)) {
        throw invalid(field, field + " names a partition again");
      }
      if (asked.getOffset() < 0) {
        throw invalid(
            field + ".offset", field + ".offset must be 0 or more, was " + asked.getOffset());
      }
      Aim aim = asked.hasOffset() ? new Aim.Near(asked.getOffset()) : new Aim.Exactly(null);
      add(wishes, partition, aim);
    }
    return wishes;
  }

  private List<Wish> undoing(HistoryEntry entry) {
    List<Wish> wishes = new ArrayList<>();
    for (OffsetChange change : entry.changes()) {
      add(wishes, id(change.topicId(), change.partition()), new Aim.Exactly(change.from()));
    }
    return wishes;
  }

  /** The newest entry that can be undone and was not; for an undo only. */
  HistoryEntry undone() {
    GroupStates.requireKnown(state, request.getGroup());
    Set<Long> before = new HashSet<>();
    long beforeId = 0;
    while (true) {
      List<HistoryEntry> page = state.resets(request.getGroup(), beforeId, PAGE_ENTRIES);
      for (HistoryEntry entry : page) {
        beforeId = entry.id();
        if (entry.cause() == OffsetCause.UNDO) {
          before.add(entry.undoneId());
        } else if (!before.contains(entry.id()) && hasTopics(entry)) {
          return entry;
        }
      }
      if (page.size() < PAGE_ENTRIES) {
        throw new RequestProblem(
            Errors.of(
                ErrorCode.NOTHING_TO_UNDO,
                "the history of group %s has no reset that could be undone"
                    .formatted(request.getGroup())));
      }
    }
  }

  /** What moved only offsets of topics that are gone has nothing left to undo. */
  private boolean hasTopics(HistoryEntry entry) {
    return entry.changes().stream().anyMatch(change -> states.topic(change.topicId()) != null);
  }

  private Topic topic(String name) {
    Topic topic = topics.get(name);
    if (topic == null) {
      throw new IllegalStateException("expected topic " + name + " to be looked up");
    }
    return topic;
  }

  /** Topics that are gone have nothing to move. */
  private void add(List<Wish> wishes, PartitionId partition, Aim aim) {
    Topic topic = states.topic(partition.topicId());
    if (topic != null) {
      wishes.add(new Wish(topic, partition.partition(), stored.get(partition), aim));
    }
  }

  private static RequestProblem invalid(String field, String message) {
    return new RequestProblem(Errors.invalid(field, message));
  }

  private static PartitionId id(long topicId, int partition) {
    return new PartitionId(topicId, partition);
  }
}
