package dev.funes.replication;

import dev.funes.cluster.ClusterView;
import dev.funes.cluster.NodeEndpoint;
import dev.funes.cluster.NodeId;
import dev.funes.cluster.RaftGroupId;
import dev.funes.raft.RaftGroupStatus;
import dev.funes.raft.RaftNode;
import dev.funes.raft.RaftVoters;
import dev.funes.raft.ReplicaBehindException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the voters of the raft groups that this node leads those that the placement wishes, one at
 * a time: first it adds who is missing, then it removes who is too many, itself last and only after
 * it has given the lead away. All it knows it sees anew with every look, so what failed is tried
 * again, by whoever leads then. Looks come on one thread; the rest is for any thread.
 */
final class Mover {

  private static final Logger LOG = LoggerFactory.getLogger(Mover.class);
  private static final long WAIT_MILLIS_MIN = 500;
  private static final long WAIT_MILLIS_MAX = 10_000;

  private static final long SILENT_MILLIS_MAX = 2_000;

  private final NodeId self;
  private final RaftNode raft;
  private final Supplier<ClusterView> views;
  private final Map<RaftGroupId, Steps> steps = new ConcurrentHashMap<>();

  /** What goes on in one raft group. */
  private static final class Steps {
    private volatile String doing = "";
    private String announced = "";
    private int failures;
    private long waitUntilNanos = System.nanoTime();
  }

  Mover(NodeId self, RaftNode raft, Supplier<ClusterView> views) {
    this.self = self;
    this.raft = raft;
    this.views = views;
  }

  /** One step for each raft group that needs one. */
  void look() {
    ClusterView view = views.get();
    if (!view.members().founded()) {
      return; // the placement is one of the configuration, which may be older than the cluster
    }
    for (RaftGroupId id : raft.raftGroups()) {
      if (raft.isLeaderReady(id)) {
        look(view, id);
      }
    }
  }

  /** What is being done; empty when nothing is. */
  String doing(RaftGroupId id) {
    Steps known = steps.get(id);
    return known == null ? "" : known.doing;
  }

  private void look(ClusterView view, RaftGroupId id) {
    List<NodeId> wished = view.placement().replicas(id);
    RaftVoters voters = raft.voters(id);
    Steps known = steps.computeIfAbsent(id, _ -> new Steps());
    synchronized (known) {
      if (!voters.settled() || voters.are(wished) || !known.doing.isEmpty()) {
        return;
      }
      if (System.nanoTime() - known.waitUntilNanos < 0) {
        return;
      }
      step(view, id, known, voters, wished);
    }
  }

  private void step(
      ClusterView view, RaftGroupId id, Steps known, RaftVoters voters, List<NodeId> wished) {
    List<NodeId> missing = wished.stream().filter(node -> !voters.contains(node)).toList();
    if (!missing.isEmpty()) {
      // Not always the first: it may be down, and another one up.
      NodeId next = missing.get(known.failures % missing.size());
      NodeEndpoint endpoint = view.placement().node(next);
      if (endpoint != null) {
        var _ = begin(id, known, "adding node " + next, () -> raft.addVoter(id, endpoint));
      }
      return;
    }
    List<NodeId> tooMany = voters.nodes().stream().filter(node -> !wished.contains(node)).toList();
    for (NodeId node : tooMany) {
      if (!node.equals(self)) {
        var _ = begin(id, known, "removing node " + node, () -> remove(id, node, wished));
        return;
      }
    }
    NodeId heir = heir(id, wished);
    if (heir != null) {
      var _ =
          begin(
              id,
              known,
              "giving the lead to node " + heir + ", as this node goes",
              () -> raft.transferLeadership(id, heir));
    }
  }

  /** One that is new may lead soon, so it must be able to before another one goes. */
  private CompletableFuture<Void> remove(RaftGroupId id, NodeId node, List<NodeId> wished) {
    return CompletableFuture.allOf(
            wished.stream()
                .filter(
                    stays ->
                        !stays.equals(self) && raft.status(id).keepsUp(stays, SILENT_MILLIS_MAX))
                .map(stays -> raft.demandShortBacklog(id, stays))
                .toArray(CompletableFuture[]::new))
        .thenCompose(_ -> raft.removeVoter(id, node));
  }

  private @Nullable NodeId heir(RaftGroupId id, List<NodeId> wished) {
    RaftGroupStatus status = raft.status(id);
    for (NodeId node : wished) {
      if (status.keepsUp(node, SILENT_MILLIS_MAX)) {
        return node;
      }
    }
    return null;
  }

  private CompletableFuture<Void> begin(
      RaftGroupId id, Steps known, String what, Supplier<CompletableFuture<Void>> change) {
    known.doing = what;
    if (!what.equals(known.announced)) {
      known.announced = what;
      LOG.info("raft group {}: {}, voters are {}", id, what, raft.voters(id).nodes());
    }
    CompletableFuture<Void> done;
    try {
      done = change.get();
    } catch (RuntimeException e) {
      done = CompletableFuture.failedFuture(e);
    }
    return done.whenComplete((_, failure) -> end(id, known, what, failure));
  }

  private void end(RaftGroupId id, Steps known, String what, @Nullable Throwable failure) {
    synchronized (known) {
      known.doing = "";
      if (failure == null) {
        known.failures = 0;
        known.announced = "";
        LOG.info("raft group {}: done with {}, voters are {}", id, what, raft.voters(id).nodes());
        return;
      }
      if (failure.getCause() instanceof ReplicaBehindException) {
        known.waitUntilNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(WAIT_MILLIS_MIN);
        LOG.debug("raft group {}: {} waits", id, what, failure);
        return;
      }
      known.failures++;
      long millis = Math.min(WAIT_MILLIS_MIN << Math.min(known.failures - 1, 10), WAIT_MILLIS_MAX);
      known.waitUntilNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
      if (Integer.bitCount(known.failures) == 1) { // 1, 2, 4, 8: more and more rarely
        LOG.info("raft group {}: {} did not work, it is tried again", id, what, failure);
      }
    }
  }

  /** See {@link Replica#forget}. */
  CompletableFuture<ForgetOutcome> forget(RaftGroupId id, NodeId lost, boolean onlyAsk) {
    if (!raft.isLeaderReady(id)) {
      return CompletableFuture.completedFuture(new ForgetOutcome.NotLeader(raft.leader(id)));
    }
    // A leader that has been replaced would not know of the newest voters.
    return raft.readBarrier(id)
        .thenCompose(_ -> forgetAsLeader(id, lost, onlyAsk))
        .exceptionally(failure -> new ForgetOutcome.NotYet(String.valueOf(failure.getMessage())));
  }

  private CompletableFuture<ForgetOutcome> forgetAsLeader(
      RaftGroupId id, NodeId lost, boolean onlyAsk) {
    RaftVoters voters = raft.voters(id);
    if (voters.settled() && !voters.contains(lost)) {
      return CompletableFuture.completedFuture(new ForgetOutcome.Forgotten());
    }
    if (onlyAsk || lost.equals(self) || voters.nodes().size() < 2) {
      return notYet("node " + lost + " is one of the voters " + voters.nodes());
    }
    Steps known = steps.computeIfAbsent(id, _ -> new Steps());
    synchronized (known) {
      if (!voters.settled() || !known.doing.isEmpty()) {
        return notYet("the voters are changing: " + known.doing);
      }
      return begin(
              id,
              known,
              "removing node " + lost + ", which has lost its replica",
              () -> raft.removeVoter(id, lost))
          .thenApply(_ -> new ForgetOutcome.Forgotten());
    }
  }

  private static CompletableFuture<ForgetOutcome> notYet(String why) {
    return CompletableFuture.completedFuture(new ForgetOutcome.NotYet(why));
  }
}
