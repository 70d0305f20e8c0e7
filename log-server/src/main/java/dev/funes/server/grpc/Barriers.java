package dev.funes.server.grpc;

import dev.funes.cluster.ClusterView;
import dev.funes.cluster.RaftGroupId;
import dev.funes.replication.DataGroup;
import dev.funes.replication.Replica;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * Waits until this node has applied all that was committed before. What hangs on a barrier runs on
 * the executor, because the futures below complete on apply threads.
 */
final class Barriers {
  private final Replica replica;
  private final Executor executor;

  Barriers(Replica replica, Executor executor) {
    this.replica = replica;
    this.executor = executor;
  }

  /** The topics as of now. Fails with a {@link RequestProblem} when they cannot be read. */
  CompletableFuture<ClusterView> view() {
    return guarded(RaftGroupId.METADATA, replica.syncedView());
  }

  /** Fails with a {@link RequestProblem} when the raft group cannot tell. */
  CompletableFuture<Void> read(RaftGroupId group) {
    if (group.isMetadata()) {
      return view().thenApply(_ -> null);
    }
    DataGroup data = replica.dataGroup(group);
    return guarded(
        group,
        data == null
            ? CompletableFuture.failedFuture(new IllegalStateException("it has no replica here"))
            : data.readBarrier());
  }

  private <T> CompletableFuture<T> guarded(RaftGroupId group, CompletableFuture<T> barrier) {
    return barrier
        .exceptionallyCompose(
            failure ->
                CompletableFuture.failedFuture(
                    new RequestProblem(
                        Errors.unavailable(
                            "raft group "
                                + group
                                + " cannot be read: "
                                + ErrorMapping.unwrap(failure).getMessage()))))
        .thenApplyAsync(result -> result, executor);
  }
}
