package dev.funes.raft;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import dev.funes.cluster.NodeId;
import dev.funes.cluster.Placement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives all leads of a node that is about to stop to others, so that nobody has to find out first
 * that it is gone.
 *
 * <p>Each goes to the replica after this one that keeps up, so they are spread; all at once, and
 * none takes longer than a bounded time. What stays is found out by the others, as after a crash.
 */
final class LeadHandover {

  private static final Logger LOG = LoggerFactory.getLogger(LeadHandover.class);

  private static final int MILLIS_MAX = 1_000;
  private static final int SILENT_MILLIS_MAX = 1_000;

  private LeadHandover() {}

  /** Returns when it is done, or in vain for a second. */
  static void run(NodeId self, Placement placement, Collection<LocalRaftGroup> groups) {
    List<CompletableFuture<Void>> all = new ArrayList<>();
    for (LocalRaftGroup group : groups) {
      NodeId heir = heir(self, placement.replicas(group.id()), group.status());
      if (heir != null) {
        all.add(
            group
                .transferLeadership(heir, MILLIS_MAX)
                .exceptionally(
                    failure -> {
                      LOG.info(
                          "raft group {}: node {} did not take the lead: {}",
                          group.id(),
                          heir,
                          Submissions.unwrapped(failure).toString());
                      return null;
                    }));
      }
    }
    if (!all.isEmpty()) {
      LOG.info("node {} gives away its leads of {} raft groups", self, all.size());
      CompletableFuture.allOf(all.toArray(CompletableFuture[]::new))
          .completeOnTimeout(null, MILLIS_MAX, MILLISECONDS)
          .join();
    }
  }

  /** The next replica after this node that could lead at once; null when it leads without one. */
  static @Nullable NodeId heir(NodeId self, List<NodeId> replicas, RaftGroupStatus status) {
    if (!status.leaderReady()) {
      return null;
    }
    int own = replicas.indexOf(self);
    for (int i = 1; i <= replicas.size(); i++) {
      NodeId next = replicas.get((own + i) % replicas.size());
      if (status.keepsUp(next, SILENT_MILLIS_MAX)) {
        return next;
      }
    }
    return null;
  }
}
