package dev.funes.server.grpc;

import dev.funes.cluster.Placement;
import dev.funes.replication.OffsetUpdate;
import dev.funes.server.coordinator.Coordinator;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** Moves stored offsets by way of the coordinator, whether there are members or not. */
final class CoordinatedUpdates implements OffsetUpdates {
  private final Supplier<Placement> placements;
  private final Coordinator coordinator;

  CoordinatedUpdates(Supplier<Placement> placements, Coordinator coordinator) {
    this.placements = placements;
    this.coordinator = coordinator;
  }

  @Override
  public CompletableFuture<Updated> update(String group, OffsetUpdate update) {
    return GroupProblems.mapped(placements.get(), coordinator.updateOffsets(group, update))
        .thenApply(updated -> new Updated(updated.historyId(), updated.changes()));
  }
}
