package dev.funes.server.grpc;

import dev.funes.cluster.PartitionId;
import dev.funes.proto.v1.ErrorCode;
import dev.funes.proto.v1.OffsetServiceGrpc;
import dev.funes.proto.v1.OffsetServiceGrpc.OffsetServiceStub;
import dev.funes.proto.v1.ResetOffset;
import dev.funes.proto.v1.ResetOffsetsRequest;
import dev.funes.proto.v1.ResetOffsetsResponse;
import dev.funes.server.grpc.ResetPlan.Move;
import dev.funes.state.OffsetChange;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Moves the stored offsets of a consumer group to a place in the log, on the node that coordinates
 * it, and all of them by one command. Any thread may call.
 */
final class OffsetResets {
  private static final int TARGETS_MAX = 20_000;

  /** So long members may take at most to let go of their partitions, and a little. */
  private static final int RESET_MILLIS_MAX = 3_660_000;

  private final GroupRouting routing;
  private final GroupStates states;
  private final ResetPlans plans;
  private final OffsetUpdates updates;

  /** An undo has to be the next thing that happens after the history was looked at. */
  private final Set<String> underWay = ConcurrentHashMap.newKeySet();

  OffsetResets(GroupRouting routing, GroupStates states, ResetPlans plans, OffsetUpdates updates) {
    this.routing = routing;
    this.states = states;
    this.plans = plans;
    this.updates = updates;
  }

  CompletableFuture<ResetOffsetsResponse> reset(ResetOffsetsRequest request, Peers peers) {
    GroupRouting.requireName(request.getGroup());
    requirePlace(request);
    requireTargets(request);
    requireCause(request);
    return routing.route(
        request.getGroup(),
        request.getForwarded(),
        () -> request.getDryRun() ? dryRun(request, peers) : resetAlone(request, peers),
        leader ->
            peers.<OffsetServiceStub, ResetOffsetsResponse>call(
                leader,
                OffsetServiceGrpc::newStub,
                (stub, answer) ->
                    stub.resetOffsets(request.toBuilder().setForwarded(true).build(), answer),
                RESET_MILLIS_MAX,
                request.getDryRun() ? Errors::unavailable : Errors::unknownOutcome));
  }

  private static void requirePlace(ResetOffsetsRequest request) {
    boolean holds =
        switch (request.getToCase()) {
          case START -> request.getStart();
          case END -> request.getEnd();
          case UNDO -> request.getUndo();
          case OFFSET -> request.getOffset() >= 0;
          case TIMESTAMP_MILLIS -> request.getTimestampMillis() >= 0;
          case SHIFT_BY, TARGETS, BOOKMARK -> true;
          case TO_NOT_SET -> false;
        };
    require(
        holds,
        "to",
        "to must be start, end, an offset or a timestamp_millis of 0 or more, shift_by, bookmark,"
            + " targets or undo");
    if (request.hasBookmark()) {
      GroupRouting.requireName("bookmark", request.getBookmark());
    }
  }

  private static void requireTargets(ResetOffsetsRequest request) {
    if (request.hasTargets()) {
      int count = request.getTargets().getTargetsCount();
      require(
          count > 0 && count <= TARGETS_MAX,
          "targets",
          "targets must have 1 to " + TARGETS_MAX + ", has " + count);
    }
    require(
        request.getTopicsCount() == 0 || !(request.hasTargets() || request.hasUndo()),
        "topics",
        "topics must be empty with targets and undo");
  }

  private static void requireCause(ResetOffsetsRequest request) {
    boolean holds =
        switch (request.getCause()) {
          case OFFSET_CAUSE_UNSPECIFIED -> true;
          case OFFSET_CAUSE_RESET, OFFSET_CAUSE_IMPORT, OFFSET_CAUSE_COPY -> !request.hasUndo();
          case OFFSET_CAUSE_UNDO -> request.hasUndo();
          case OFFSET_CAUSE_COMMIT, OFFSET_CAUSE_DELETE, UNRECOGNIZED -> false;
        };
    require(holds, "cause", "cause must be RESET, IMPORT or COPY, and UNDO only with undo");
  }

  private static void require(boolean holds, String field, String message) {
    if (!holds) {
      throw new RequestProblem(Errors.invalid(field, message));
    }
  }

  private CompletableFuture<ResetOffsetsResponse> dryRun(ResetOffsetsRequest request, Peers peers) {
    return plan(request, peers).thenApply(plan -> answer(plan).build());
  }

  private CompletableFuture<ResetOffsetsResponse> resetAlone(
      ResetOffsetsRequest request, Peers peers) {
    String group = request.getGroup();
    if (!underWay.add(group)) {
      throw new RequestProblem(
          Errors.of(
              ErrorCode.GROUP_RESETTING, "another reset of group " + group + " is under way"));
    }
    return plan(request, peers)
        .thenCompose(
            plan ->
                updates.update(group, plan.update()).thenApply(updated -> answer(plan, updated)))
        .whenComplete((_, _) -> underWay.remove(group));
  }

  private CompletableFuture<ResetPlan> plan(ResetOffsetsRequest request, Peers peers) {
    return states
        .current(request.getGroup())
        .thenCompose(state -> plans.plan(request, state, peers));
  }

  private static ResetOffsetsResponse.Builder answer(ResetPlan plan) {
    ResetOffsetsResponse.Builder answer =
        ResetOffsetsResponse.newBuilder().setUndoneId(plan.undoneId());
    plan.moves().forEach(move -> answer.addResets(move.answer()));
    return answer;
  }

  /** Members may have committed between the plan and the move: it began where they were then. */
  private static ResetOffsetsResponse answer(ResetPlan plan, OffsetUpdates.Updated updated) {
    Map<PartitionId, OffsetChange> changes = new HashMap<>();
    updated
        .changes()
        .forEach(each -> changes.put(new PartitionId(each.topicId(), each.partition()), each));
    ResetOffsetsResponse.Builder answer =
        ResetOffsetsResponse.newBuilder()
            .setUndoneId(plan.undoneId())
            .setHistoryId(updated.historyId());
    for (Move move : plan.moves()) {
      ResetOffset.Builder one = move.answer().toBuilder();
      OffsetChange change =
          changes.get(new PartitionId(move.topicId(), move.answer().getPartition()));
      if (change != null) {
        one.clearFromOffset();
        if (change.from() != null) {
          one.setFromOffset(change.from());
        }
      }
      answer.addResets(one);
    }
    return answer.build();
  }
}
