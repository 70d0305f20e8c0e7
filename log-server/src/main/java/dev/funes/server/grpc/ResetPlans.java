package dev.funes.server.grpc;

import dev.funes.cluster.Topic;
import dev.funes.proto.v1.ListOffsetsPartition;
import dev.funes.proto.v1.ListedOffset;
import dev.funes.proto.v1.OffsetTarget;
import dev.funes.proto.v1.ResetOffset;
import dev.funes.proto.v1.ResetOffsetsRequest;
import dev.funes.proto.v1.ResetTopic;
import dev.funes.server.grpc.ResetPlan.Aim;
import dev.funes.server.grpc.ResetPlan.Move;
import dev.funes.server.grpc.ResetPlan.Wish;
import dev.funes.state.KeyedState;
import dev.funes.state.OffsetCause;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/**
 * Works out what a reset is to do: from what is stored, and from where the logs begin and end,
 * which their leaders are asked.
 */
final class ResetPlans {
  private static final int QUESTIONS_EACH = 3;
  private static final Comparator<Wish> BY_PARTITION =
      Comparator.<Wish, String>comparing(wish -> wish.topic().name())
          .thenComparingInt(Wish::partition);

  private final Topics topics;
  private final GroupStates states;
  private final OffsetLookup lookup;

  ResetPlans(Topics topics, GroupStates states, OffsetLookup lookup) {
    this.topics = topics;
    this.states = states;
    this.lookup = lookup;
  }

  CompletableFuture<ResetPlan> plan(ResetOffsetsRequest request, KeyedState state, Peers peers) {
    return named(request)
        .thenCompose(
            named -> {
              ResetWishes chosen = new ResetWishes(states, state, request, named);
              long undoneId = request.hasUndo() ? chosen.undone().id() : 0;
              List<Wish> wishes = chosen.wishes().stream().sorted(BY_PARTITION).toList();
              return moves(wishes, peers)
                  .thenApply(moves -> new ResetPlan(cause(request), undoneId, moves));
            });
  }

  private static OffsetCause cause(ResetOffsetsRequest request) {
    return switch (request.getCause()) {
      case OFFSET_CAUSE_IMPORT -> OffsetCause.IMPORT;
      case OFFSET_CAUSE_COPY -> OffsetCause.COPY;
      default -> request.hasUndo() ? OffsetCause.UNDO : OffsetCause.RESET;
    };
  }

  /** The topics that the request names; fails with {@link RequestProblem} when one is not there. */
  private CompletableFuture<Map<String, Topic>> named(ResetOffsetsRequest request) {
    Set<String> names = new TreeSet<>();
    request.getTopicsList().stream().map(ResetTopic::getTopic).forEach(names::add);
    request.getTargets().getTargetsList().stream().map(OffsetTarget::getTopic).forEach(names::add);
    List<CompletableFuture<Topic>> found = names.stream().map(topics::find).toList();
    return CompletableFuture.allOf(found.toArray(CompletableFuture<?>[]::new))
        .thenApply(
            _ ->
                found.stream()
                    .map(CompletableFuture::join)
                    .collect(Collectors.toMap(Topic::name, topic -> topic)));
  }

  private CompletableFuture<List<Move>> moves(List<Wish> wishes, Peers peers) {
    List<ListOffsetsPartition> questions = new ArrayList<>();
    for (Wish wish : wishes) {
      questions.add(question(wish).setEarliest(true).build());
      questions.add(question(wish).setLatest(true).build());
      questions.add(
          wish.aim() instanceof Aim.AtTime(long millis)
              ? question(wish).setTimestampMillis(millis).build()
              : question(wish).setLatest(true).build());
    }
    return lookup
        .list(questions, false, peers)
        .thenApply(
            answers -> {
              List<Move> moves = new ArrayList<>();
              for (int i = 0; i < wishes.size(); i++) {
                int at = i * QUESTIONS_EACH;
                moves.add(move(wishes.get(i), answers.subList(at, at + QUESTIONS_EACH)));
              }
              return moves;
            });
  }

  private static Move move(Wish wish, List<ListedOffset> found) {
    long start = OffsetLookup.offset(found.get(0));
    long end = Math.max(start, OffsetLookup.offset(found.get(1)));
    ResetOffset.Builder answer =
        ResetOffset.newBuilder()
            .setTopic(wish.topic().name())
            .setPartition(wish.partition())
            .setLogStartOffset(start)
            .setLogEndOffset(end);
    if (wish.from() != null) {
      answer.setFromOffset(wish.from());
    }
    switch (wish.aim()) {
      case Aim.Start() -> answer.setToOffset(start);
      case Aim.End() -> answer.setToOffset(end);
      case Aim.AtTime(long _) ->
          answer.setToOffset(Math.clamp(OffsetLookup.offset(found.get(2)), start, end));
      case Aim.Near(long offset) -> {
        answer.setToOffset(Math.clamp(offset, start, end));
        if (answer.getToOffset() != offset) {
          answer.setAskedOffset(offset);
        }
      }
      case Aim.Exactly exactly -> {
        if (exactly.offset() != null) {
          answer.setToOffset(exactly.offset());
        }
      }
    }
    return new Move(wish.topic().topicId(), answer.build());
  }

  private static ListOffsetsPartition.Builder question(Wish wish) {
    return ListOffsetsPartition.newBuilder()
        .setTopic(wish.topic().name())
        .setPartition(wish.partition());
  }
}
