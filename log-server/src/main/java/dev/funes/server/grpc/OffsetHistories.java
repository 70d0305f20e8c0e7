package dev.funes.server.grpc;

import dev.funes.proto.v1.HistoryEntry;
import dev.funes.proto.v1.OffsetCause;
import dev.funes.proto.v1.OffsetChange;
import dev.funes.proto.v1.OffsetHistoryRequest;
import dev.funes.proto.v1.OffsetHistoryResponse;
import dev.funes.proto.v1.OffsetServiceGrpc;
import dev.funes.proto.v1.OffsetServiceGrpc.OffsetServiceStub;
import dev.funes.state.KeyedState;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Shows what changed the stored offsets of a consumer group. */
final class OffsetHistories {
  private static final int ENTRIES_MAX = 1_000;
  private static final int ENTRIES_DEFAULT = 100;

  /** Together some 2 MB at the most: clients take 4 MiB. */
  private static final int CHANGES_MAX = 10_000;

  private static final int PAGE_ENTRIES = 20;

  private final GroupRouting routing;
  private final GroupStates states;

  OffsetHistories(GroupRouting routing, GroupStates states) {
    this.routing = routing;
    this.states = states;
  }

  CompletableFuture<OffsetHistoryResponse> history(OffsetHistoryRequest request, Peers peers) {
    GroupRouting.requireName(request.getGroup());
    requireBounds(request);
    return routing.route(
        request.getGroup(),
        request.getForwarded(),
        () -> states.current(request.getGroup()).thenApply(state -> read(state, request)),
        leader ->
            peers.<OffsetServiceStub, OffsetHistoryResponse>read(
                leader,
                OffsetServiceGrpc::newStub,
                (stub, answer) ->
                    stub.offsetHistory(request.toBuilder().setForwarded(true).build(), answer)));
  }

  private static void requireBounds(OffsetHistoryRequest request) {
    if (request.getCountMax() < 0 || request.getCountMax() > ENTRIES_MAX) {
      throw new RequestProblem(
          Errors.invalid(
              "count_max",
              "count_max must be 0 to " + ENTRIES_MAX + ", was " + request.getCountMax()));
    }
    if (request.getBeforeId() < 0) {
      throw new RequestProblem(
          Errors.invalid("before_id", "before_id must be 0 or more, was " + request.getBeforeId()));
    }
  }

  private OffsetHistoryResponse read(KeyedState state, OffsetHistoryRequest request) {
    String group = request.getGroup();
    GroupStates.requireKnown(state, group);
    int countMax = request.getCountMax() == 0 ? ENTRIES_DEFAULT : request.getCountMax();
    OffsetHistoryResponse.Builder response = OffsetHistoryResponse.newBuilder();
    long beforeId = request.getBeforeId();
    int changes = 0;
    while (true) {
      List<dev.funes.state.HistoryEntry> page =
          request.getResetsOnly()
              ? state.resets(group, beforeId, PAGE_ENTRIES)
              : state.history(group, beforeId, PAGE_ENTRIES);
      for (dev.funes.state.HistoryEntry entry : page) {
        changes += entry.changes().size();
        boolean tooMuch = changes > CHANGES_MAX && response.getEntriesCount() > 0;
        if (response.getEntriesCount() == countMax || tooMuch) {
          return response.setMore(true).build();
        }
        response.addEntries(message(entry));
        beforeId = entry.id();
      }
      if (page.size() < PAGE_ENTRIES || beforeId <= 1) {
        return response.build();
      }
    }
  }

  private HistoryEntry message(dev.funes.state.HistoryEntry entry) {
    HistoryEntry.Builder message =
        HistoryEntry.newBuilder()
            .setId(entry.id())
            .setTimeMillis(entry.timeMillis())
            .setCause(cause(entry.cause()))
            .setMemberId(entry.memberId())
            .setUndoneId(entry.undoneId());
    for (dev.funes.state.OffsetChange change : entry.changes()) {
      OffsetChange.Builder one =
          message
              .addChangesBuilder()
              .setTopic(states.topicName(change.topicId()))
              .setPartition(change.partition());
      if (change.from() != null) {
        one.setFromOffset(change.from());
      }
      if (change.to() != null) {
        one.setToOffset(change.to());
      }
    }
    return message.build();
  }

  private static OffsetCause cause(dev.funes.state.OffsetCause cause) {
    return switch (cause) {
      case COMMIT -> OffsetCause.OFFSET_CAUSE_COMMIT;
      case RESET -> OffsetCause.OFFSET_CAUSE_RESET;
      case UNDO -> OffsetCause.OFFSET_CAUSE_UNDO;
      case IMPORT -> OffsetCause.OFFSET_CAUSE_IMPORT;
      case COPY -> OffsetCause.OFFSET_CAUSE_COPY;
      case DELETE -> OffsetCause.OFFSET_CAUSE_DELETE;
    };
  }
}
