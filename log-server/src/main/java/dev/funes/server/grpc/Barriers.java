package dev.funes.server.grpc;

import dev.funes.cluster.ClusterView;
import dev.funes.cluster.RaftGroupId;
import dev.funes.replication.DataGroup;
import dev.funes.replication.Replica;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * Waits until this node has applied all that was committed before. What hangs on a barrier runs on
 * the executor, because the futures below complete on apply threads.
 */
final class Barriers {
  private static final int STALE_AFTER_MILLIS = 1_000;

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

  /**
   * The topics as of now, or after a second without an answer as this node knew them: for those who
   * would rather have an old answer than none, such as clients that look for a new leader.
   */
  CompletableFuture<ClusterView> viewOrStale() {
    return view()
        .completeOnTimeout(replica.view(), STALE_AFTER_MILLIS, TimeUnit.MILLISECONDS)
        .exceptionally(_ -> replica.view());
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
