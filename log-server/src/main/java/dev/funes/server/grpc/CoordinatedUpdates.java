package dev.funes.server.grpc;

import dev.funes.cluster.Placement;
import dev.funes.replication.OffsetUpdate;
import dev.funes.server.coordinator.Coordinator;
import java.util.concurrent.CompletableFuture;

/** Moves stored offsets by way of the coordinator, whether there are members or not. */
final class CoordinatedUpdates implements OffsetUpdates {
  private final Placement placement;
  private final Coordinator coordinator;

  CoordinatedUpdates(Placement placement, Coordinator coordinator) {
    this.placement = placement;
    this.coordinator = coordinator;
  }

  @Override
  public CompletableFuture<Updated> update(String group, OffsetUpdate update) {
    return GroupProblems.mapped(placement, coordinator.updateOffsets(group, update))
        .thenApply(updated -> new Updated(updated.historyId(), updated.changes()));
  }
}
