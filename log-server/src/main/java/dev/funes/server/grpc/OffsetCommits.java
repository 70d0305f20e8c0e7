package dev.funes.server.grpc;

import dev.funes.cluster.PartitionId;
import dev.funes.cluster.Topic;
import dev.funes.log.PartitionLog;
import dev.funes.proto.v1.CommitOffsetsRequest;
import dev.funes.proto.v1.CommitOffsetsResponse;
import dev.funes.proto.v1.ListOffsetsPartition;
import dev.funes.proto.v1.ListedOffset;
import dev.funes.proto.v1.OffsetServiceGrpc;
import dev.funes.proto.v1.StoredOffset;
import dev.funes.replication.Replica;
import dev.funes.state.GroupOffset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** Checks and stores offsets of a consumer group: all of a request, by one command, or nothing. */
final class OffsetCommits {
  private static final int METADATA_BYTES_MAX = 4_096;
  private static final int OFFSETS_MAX = 10_000;
  private static final int EPOCH_UNKNOWN = -1;

  private final Replica replica;
  private final Topics topics;
  private final GroupRouting routing;
  private final OffsetLookup lookup;

  OffsetCommits(Replica replica, Topics topics, GroupRouting routing, OffsetLookup lookup) {
    this.replica = replica;
    this.topics = topics;
    this.routing = routing;
    this.lookup = lookup;
  }

  CompletableFuture<CommitOffsetsResponse> commit(CommitOffsetsRequest request, Peers peers) {
    GroupRouting.requireName(request.getGroup());
    // The node that was asked first has looked at the ends of the logs.
    return check(request.getOffsetsList(), !request.getForwarded(), peers)
        .thenCompose(offsets -> store(request, offsets, peers));
  }

  /** What a member asks to store, once it has been checked; fails with {@link RequestProblem}. */
  CompletableFuture<List<GroupOffset>> check(List<StoredOffset> asked, Peers peers) {
    try {
      return check(asked, true, peers);
    } catch (RequestProblem e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private CompletableFuture<List<GroupOffset>> check(
      List<StoredOffset> asked, boolean withinLogs, Peers peers) {
    requireCount(asked);
    return findTopics(asked)
        .thenCompose(
            found -> {
              List<GroupOffset> offsets = offsets(asked, found);
              return withinLogs
                  ? requireWithinLogs(asked, found, peers).thenApply(_ -> offsets)
                  : CompletableFuture.completedFuture(offsets);
            });
  }

  /** Stores what a member asked for, on the node that coordinates its consumer group. */
  CompletableFuture<Void> store(
      String group, String memberId, long generation, List<GroupOffset> offsets) {
    return replica
        .commitOffsets(group, memberId, generation, offsets)
        .thenAccept(outcome -> OutcomeMapping.requireDone(replica.placement(), group, outcome));
  }

  private CompletableFuture<List<Topic>> findTopics(List<StoredOffset> asked) {
    List<CompletableFuture<Topic>> found =
        asked.stream().map(offset -> topics.find(offset.getTopic())).toList();
    return CompletableFuture.allOf(found.toArray(CompletableFuture<?>[]::new))
        .thenApply(_ -> found.stream().map(CompletableFuture::join).toList());
  }

  private CompletableFuture<CommitOffsetsResponse> store(
      CommitOffsetsRequest request, List<GroupOffset> offsets, Peers peers) {
    return routing.route(
        request.getGroup(),
        request.getForwarded(),
        () ->
            replica
                .commitOffsets(request.getGroup(), "", 0, offsets)
                .thenApply(
                    outcome -> {
                      OutcomeMapping.requireDone(replica.placement(), request.getGroup(), outcome);
                      return CommitOffsetsResponse.getDefaultInstance();
                    }),
        leader ->
            peers.<OffsetServiceGrpc.OffsetServiceStub, CommitOffsetsResponse>write(
                leader,
                OffsetServiceGrpc::newStub,
                (stub, answer) ->
                    stub.commitOffsets(request.toBuilder().setForwarded(true).build(), answer)));
  }

  private static void requireCount(List<StoredOffset> asked) {
    int count = asked.size();
    if (count == 0 || count > OFFSETS_MAX) {
      throw new RequestProblem(
          Errors.invalid("offsets", "offsets must have 1 to " + OFFSETS_MAX + ", has " + count));
    }
  }

  private static List<GroupOffset> offsets(List<StoredOffset> all, List<Topic> found) {
    List<GroupOffset> offsets = new ArrayList<>();
    Set<PartitionId> seen = new HashSet<>();
    for (int i = 0; i < all.size(); i++) {
      StoredOffset asked = all.get(i);
      String field = "offsets[" + i + "]";
      PartitionId partition = Topics.partition(found.get(i), asked.getPartition());
      require(seen.add(partition), field, field + " names a partition again");
      require(
          asked.getOffset() >= 0,
          field + ".offset",
          field + ".offset must be 0 or more, was " + asked.getOffset());
      int metadataBytes = asked.getMetadata().getBytes(StandardCharsets.UTF_8).length;
      require(
          metadataBytes <= METADATA_BYTES_MAX,
          field + ".metadata",
          "%s.metadata must have at most %d bytes, has %d"
              .formatted(field, METADATA_BYTES_MAX, metadataBytes));
      offsets.add(
          new GroupOffset(
              partition.topicId(),
              partition.partition(),
              new dev.funes.state.StoredOffset(
                  asked.getOffset(),
                  asked.hasLeaderEpoch() ? asked.getLeaderEpoch() : EPOCH_UNKNOWN,
                  asked.getMetadata(),
                  0)));
    }
    return offsets;
  }

  /** Asks leaders only about offsets that the replica here has not got to yet. */
  private CompletableFuture<Void> requireWithinLogs(
      List<StoredOffset> all, List<Topic> found, Peers peers) {
    List<Integer> ahead = new ArrayList<>();
    List<ListOffsetsPartition> questions = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      StoredOffset asked = all.get(i);
      PartitionLog log = replica.log(found.get(i).partition(asked.getPartition()));
      if (asked.getOffset() > (log == null ? 0 : log.endOffset())) {
        ahead.add(i);
        questions.add(
            ListOffsetsPartition.newBuilder()
                .setTopic(asked.getTopic())
                .setPartition(asked.getPartition())
                .setLatest(true)
                .build());
      }
    }
    if (questions.isEmpty()) {
      return CompletableFuture.completedFuture(null);
    }
    return lookup
        .list(questions, false, peers)
        .thenAccept(
            answers -> {
              for (int i = 0; i < answers.size(); i++) {
                requireWithin(all, ahead.get(i), answers.get(i));
              }
            });
  }

  private static void requireWithin(List<StoredOffset> all, int index, ListedOffset end) {
    StoredOffset asked = all.get(index);
    String field = "offsets[" + index + "].offset";
    require(
        asked.getOffset() <= OffsetLookup.offset(end),
        field,
        "%s is %d, beyond the end of partition %d of %s, which is %d"
            .formatted(
                field, asked.getOffset(), asked.getPartition(), asked.getTopic(), end.getOffset()));
  }

  private static void require(boolean holds, String field, String message) {
    if (!holds) {
      throw new RequestProblem(Errors.invalid(field, message));
    }
  }
}
