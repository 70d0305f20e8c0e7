package dev.funes.server.grpc;

import dev.funes.replication.OffsetUpdate;
import dev.funes.state.OffsetChange;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Moves stored offsets on the node that coordinates their consumer group. Any thread may call. */
@FunctionalInterface
interface OffsetUpdates {
  /**
   * What was moved.
   *
   * @param historyId of the entry that tells of it
   */
  record Updated(long historyId, List<OffsetChange> changes) {}

  /** Done when it is stored, on a majority; members have let go of the partitions before. */
  CompletableFuture<Updated> update(String group, OffsetUpdate update);
}
