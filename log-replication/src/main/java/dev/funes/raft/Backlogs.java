package dev.funes.raft;

import dev.funes.cluster.NodeId;
import dev.funes.cluster.RaftGroupId;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * What other replicas have in their Raft logs and have yet to apply. Raft does not tell its leader;
 * but a replica that gets the lead answers nobody before it has applied what it has, which after
 * catching up may take many seconds. Any thread.
 */
final class Backlogs {

  /** Applied in a fraction of a second. */
  private static final long ENTRIES_MAX = 256;

  private volatile @Nullable AppliedIndexes others;

  /** Until this is called nobody can be asked, and every backlog counts as short. */
  void ask(AppliedIndexes reached) {
    others = reached;
  }

  /**
   * Fails with {@link ReplicaBehindException} when the replica has much to apply yet, and with
   * {@link RaftUnavailableException} when it does not answer.
   *
   * @param committedIndex of the leader
   */
  CompletableFuture<Void> demandShort(NodeId node, RaftGroupId id, long committedIndex) {
    AppliedIndexes reached = others;
    if (reached == null) {
      return CompletableFuture.completedFuture(null);
    }
    return ask(reached, node, id)
        .handle(
            (applied, failure) -> {
              if (failure != null) {
                throw new CompletionException(
                    new RaftUnavailableException(
                        "raft group %s: node %s does not say what it has applied"
                            .formatted(id, node),
                        Submissions.unwrapped(failure)));
              }
              if (committedIndex - applied > ENTRIES_MAX) {
                throw new CompletionException(
                    new ReplicaBehindException(
                        "raft group %s: node %s has yet to apply %d entries"
                            .formatted(id, node, committedIndex - applied)));
              }
              return null;
            });
  }

  private static CompletableFuture<Long> ask(AppliedIndexes reached, NodeId node, RaftGroupId id) {
    try {
      return reached.ask(node, id);
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }
}
