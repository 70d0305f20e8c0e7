package dev.funes.server.grpc;

import dev.funes.cluster.Topic;
import dev.funes.proto.v1.CommitOffsetsRequest;
import dev.funes.proto.v1.FetchOffsetsRequest;
import dev.funes.proto.v1.ListOffsetsPartition;
import dev.funes.proto.v1.ListedOffset;
import dev.funes.proto.v1.ResetOffset;
import dev.funes.proto.v1.ResetOffsetsRequest;
import dev.funes.proto.v1.ResetOffsetsResponse;
import dev.funes.proto.v1.ResetTopic;
import dev.funes.proto.v1.StoredOffset;
import dev.funes.proto.v1.TopicPartition;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Moves the stored offsets of a consumer group to a place in the log: what is stored and where the
 * logs begin and end are asked of their leaders, and the new offsets are stored by one command.
 */
final class OffsetResets {
  private static final Comparator<TopicPartition> BY_PARTITION =
      Comparator.comparing(TopicPartition::getTopic).thenComparingInt(TopicPartition::getPartition);

  private final Topics topics;
  private final GroupOffsets offsets;
  private final OffsetCommits commits;
  private final OffsetLookup lookup;

  OffsetResets(Topics topics, GroupOffsets offsets, OffsetCommits commits, OffsetLookup lookup) {
    this.topics = topics;
    this.offsets = offsets;
    this.commits = commits;
    this.lookup = lookup;
  }

  CompletableFuture<ResetOffsetsResponse> reset(ResetOffsetsRequest request, Peers peers) {
    GroupRouting.requireName(request.getGroup());
    requireTarget(request);
    FetchOffsetsRequest stored =
        FetchOffsetsRequest.newBuilder().setGroup(request.getGroup()).build();
    return offsets
        .fetch(stored, peers)
        .thenCompose(found -> partitions(request, found.getOffsetsList()))
        .thenCompose(partitions -> resets(request, partitions, peers))
        .thenCompose(resets -> store(request, resets, peers));
  }

  private static void requireTarget(ResetOffsetsRequest request) {
    boolean negative =
        (request.hasOffset() && request.getOffset() < 0)
            || (request.hasTimestampMillis() && request.getTimestampMillis() < 0);
    boolean isPlace =
        switch (request.getToCase()) {
          case START, END, OFFSET, TIMESTAMP_MILLIS, SHIFT_BY -> true;
          case BOOKMARK, TARGETS, UNDO, TO_NOT_SET -> false;
        };
    if (negative || !isPlace) {
      throw new RequestProblem(
          Errors.invalid(
              "to",
              "to must be start, end, an offset or a timestamp_millis of 0 or more, or shift_by"));
    }
  }

  /** The partitions to reset, in order, each with its stored offset if there is one. */
  private CompletableFuture<Map<TopicPartition, @Nullable Long>> partitions(
      ResetOffsetsRequest request, List<StoredOffset> stored) {
    Map<TopicPartition, @Nullable Long> known = new TreeMap<>(BY_PARTITION);
    stored.forEach(
        offset -> known.put(key(offset.getTopic(), offset.getPartition()), offset.getOffset()));
    if (request.getTopicsCount() == 0) {
      if (known.isEmpty()) {
        throw new RequestProblem(Errors.unknownGroup(request.getGroup()));
      }
      return CompletableFuture.completedFuture(known);
    }
    Map<TopicPartition, @Nullable Long> chosen = new TreeMap<>(BY_PARTITION);
    CompletableFuture<Void> all = CompletableFuture.completedFuture(null);
    for (ResetTopic asked : request.getTopicsList()) {
      all =
          all.thenCombine(
              topics.find(asked.getTopic()),
              (_, topic) -> {
                for (int partition : numbers(asked, topic)) {
                  Topics.partition(topic, partition);
                  TopicPartition key = key(topic.name(), partition);
                  chosen.put(key, known.get(key));
                }
                return null;
              });
    }
    return all.thenApply(_ -> chosen);
  }

  private static List<Integer> numbers(ResetTopic asked, Topic topic) {
    if (asked.getPartitionsCount() > 0) {
      return asked.getPartitionsList();
    }
    List<Integer> every = new ArrayList<>();
    for (int partition = 0; partition < topic.partitionCount(); partition++) {
      every.add(partition);
    }
    return every;
  }

  private CompletableFuture<List<ResetOffset>> resets(
      ResetOffsetsRequest request, Map<TopicPartition, @Nullable Long> partitions, Peers peers) {
    List<TopicPartition> keys = List.copyOf(partitions.keySet());
    List<ListOffsetsPartition> questions = new ArrayList<>();
    for (TopicPartition key : keys) {
      questions.add(question(key).setEarliest(true).build());
      questions.add(question(key).setLatest(true).build());
      if (request.hasTimestampMillis()) {
        questions.add(question(key).setTimestampMillis(request.getTimestampMillis()).build());
      }
    }
    int each = request.hasTimestampMillis() ? 3 : 2;
    return lookup
        .list(questions, false, peers)
        .thenApply(
            answers -> {
              List<ResetOffset> resets = new ArrayList<>();
              for (int i = 0; i < keys.size(); i++) {
                List<ListedOffset> found = answers.subList(i * each, (i + 1) * each);
                resets.add(reset(request, keys.get(i), partitions.get(keys.get(i)), found));
              }
              return resets;
            });
  }

  private static ResetOffset reset(
      ResetOffsetsRequest request,
      TopicPartition key,
      @Nullable Long from,
      List<ListedOffset> found) {
    long start = OffsetLookup.offset(found.get(0));
    long end = OffsetLookup.offset(found.get(1));
    long asked =
        switch (request.getToCase()) {
          case START -> start;
          case END -> end;
          case OFFSET -> request.getOffset();
          case TIMESTAMP_MILLIS -> OffsetLookup.offset(found.get(2));
          case SHIFT_BY -> shifted(request.getShiftBy(), key, from, end);
          case BOOKMARK, TARGETS, UNDO, TO_NOT_SET ->
              throw new IllegalStateException("expected a place in the log");
        };
    long to = Math.clamp(asked, start, Math.max(start, end));
    ResetOffset.Builder reset =
        ResetOffset.newBuilder()
            .setTopic(key.getTopic())
            .setPartition(key.getPartition())
            .setToOffset(to)
            .setLogStartOffset(start)
            .setLogEndOffset(end);
    if (to != asked) {
      reset.setAskedOffset(asked);
    }
    return from == null ? reset.build() : reset.setFromOffset(from).build();
  }

  private static long shifted(long by, TopicPartition key, @Nullable Long from, long end) {
    if (from == null) {
      throw new RequestProblem(
          Errors.invalid(
              "shift_by",
              "shift_by needs a stored offset, and partition %d of %s has none"
                  .formatted(key.getPartition(), key.getTopic())));
    }
    return by > 0 ? (from > Long.MAX_VALUE - by ? end : from + by) : Math.max(0, from + by);
  }

  private CompletableFuture<ResetOffsetsResponse> store(
      ResetOffsetsRequest request, List<ResetOffset> resets, Peers peers) {
    ResetOffsetsResponse response = ResetOffsetsResponse.newBuilder().addAllResets(resets).build();
    if (request.getDryRun() || resets.isEmpty()) {
      return CompletableFuture.completedFuture(response);
    }
    CommitOffsetsRequest.Builder commit =
        CommitOffsetsRequest.newBuilder().setGroup(request.getGroup());
    for (ResetOffset reset : resets) {
      commit.addOffsets(
          StoredOffset.newBuilder()
              .setTopic(reset.getTopic())
              .setPartition(reset.getPartition())
              .setOffset(reset.getToOffset()));
    }
    return commits.commit(commit.build(), peers).thenApply(_ -> response);
  }

  private static ListOffsetsPartition.Builder question(TopicPartition key) {
    return ListOffsetsPartition.newBuilder()
        .setTopic(key.getTopic())
        .setPartition(key.getPartition());
  }

  private static TopicPartition key(String topic, int partition) {
    return TopicPartition.newBuilder().setTopic(topic).setPartition(partition).build();
  }
}
