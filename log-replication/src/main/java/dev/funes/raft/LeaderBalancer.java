package dev.funes.raft;

import dev.funes.cluster.NodeId;
import dev.funes.cluster.Placement;
import dev.funes.cluster.RaftGroupId;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands the lead of a raft group to its preferred leader, from the node that has it.
 *
 * <p>Raft priorities would do so too, but at once, again and again when the preferred node is weak,
 * and they make everyone else wait in an election when it is gone. Here the preferred leader must
 * have kept up for a while, and each attempt doubles the wait for the next one, until one has
 * lasted. One thread.
 */
final class LeaderBalancer {

  private static final Logger LOG = LoggerFactory.getLogger(LeaderBalancer.class);

  private static final int TRANSFER_MILLIS_MAX = 1_000;
  private static final int WAIT_FACTOR_MAX = 64;

  private final NodeId self;
  private final Supplier<Placement> placements;
  private final int balanceMillis;
  private final LongSupplier nanoTime;
  private final Map<RaftGroupId, Wait> waits = new HashMap<>();
  private CompletableFuture<Void> moving = CompletableFuture.completedFuture(null);

  /** A raft group of this node. */
  interface Movable {
    RaftGroupStatus status();

    CompletableFuture<Void> transferLeadership(NodeId to, int millisMax);
  }

  private static final class Wait {
    private boolean keepsUp;
    private long sinceNanos;
    private int factor = 1;
  }

  LeaderBalancer(
      NodeId self, Supplier<Placement> placements, int balanceMillis, LongSupplier nanoTime) {
    this.self = self;
    this.placements = placements;
    this.balanceMillis = balanceMillis;
    this.nanoTime = nanoTime;
  }

  /** One at a time: nobody can write to a raft group while its lead moves. */
  void look(Iterable<? extends Movable> groups) {
    for (Movable group : groups) {
      if (!moving.isDone()) {
        return;
      }
      RaftGroupStatus status = group.status();
      if (shouldTransfer(status)) {
        RaftGroupId id = status.group();
        NodeId to = placements.get().preferredLeader(id);
        LOG.info("raft group {}: giving the lead to node {}, where it belongs", id, to);
        moving =
            group
                .transferLeadership(to, TRANSFER_MILLIS_MAX)
                .exceptionally(
                    failure -> {
                      LOG.info("raft group {}: it stays here for now", id, failure);
                      return null;
                    });
      }
    }
  }

  /** Also notes what it saw, so it must be asked regularly. */
  boolean shouldTransfer(RaftGroupStatus status) {
    Wait wait = waits.computeIfAbsent(status.group(), id -> new Wait());
    NodeId preferred = placements.get().preferredLeader(status.group());
    long now = nanoTime.getAsLong();
    if (!status.leaderReady()
        || preferred.equals(self)
        || !status.keepsUp(preferred, balanceMillis)) {
      wait.keepsUp = false;
      if (preferred.equals(status.leader()) && now - wait.sinceNanos >= 2 * balanceNanos(wait)) {
        wait.factor = 1; // It has shown that it can hold it.
      }
      return false;
    }
    if (!wait.keepsUp) {
      wait.keepsUp = true;
      wait.sinceNanos = now;
    }
    if (now - wait.sinceNanos < balanceNanos(wait)) {
      return false;
    }
    wait.sinceNanos = now;
    wait.factor = Math.min(2 * wait.factor, WAIT_FACTOR_MAX);
    return true;
  }

  private long balanceNanos(Wait wait) {
    return wait.factor * (balanceMillis * 1_000_000L);
  }
}
