package dev.funes.server.grpc;

import dev.funes.group.GroupRecord;
import dev.funes.replication.DataGroup;
import dev.funes.replication.OffsetUpdate;
import dev.funes.replication.Outcome;
import dev.funes.replication.Replica;
import dev.funes.state.HistoryEntry;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Moves the stored offsets of consumer groups that have no members. */
final class EmptyGroupUpdates implements OffsetUpdates {
  private final Replica replica;
  private final InstantSource clock;

  EmptyGroupUpdates(Replica replica, InstantSource clock) {
    this.replica = replica;
    this.clock = clock;
  }

  @Override
  public CompletableFuture<Updated> update(String group, OffsetUpdate update) {
    GroupRecord stored = replica.groupRecord(group);
    GroupRecord record = stored == null ? GroupRecord.empty(clock.millis()) : stored;
    return replica
        .updateGroup(group, record.version(), record.next(), update)
        .thenApply(
            outcome -> {
              if (outcome instanceof Outcome.GroupUpdated(long _, long historyId)) {
                return updated(group, historyId);
              }
              throw new RequestProblem(OutcomeMapping.error(replica.placement(), group, outcome));
            });
  }

  private Updated updated(String group, long historyId) {
    DataGroup data = replica.dataGroup(replica.placement().raftGroupOfConsumerGroup(group));
    List<HistoryEntry> entries =
        data == null ? List.of() : data.state().history(group, historyId + 1, 1);
    return new Updated(historyId, entries.isEmpty() ? List.of() : entries.getFirst().changes());
  }
}
