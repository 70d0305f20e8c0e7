package dev.funes.replication;

import dev.funes.cluster.ClusterView;
import dev.funes.cluster.PartitionId;
import dev.funes.cluster.RaftGroupId;
import dev.funes.cluster.Topic;
import dev.funes.log.PartitionLog;
import dev.funes.raft.RaftNode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the partitions of a data raft group in line with the topics, while this node leads it: on
 * every change of the topics, on becoming leader, and again after a while when a proposal did not
 * come through. Runs on the upkeep thread.
 */
final class Reconciler {

  private static final Logger LOG = LoggerFactory.getLogger(Reconciler.class);
  private static final long RETRY_MILLIS = 300;

  private final DataGroup group;
  private final RaftNode raft;
  private final Supplier<ClusterView> views;
  private final ScheduledExecutorService upkeep;
  private final AtomicBoolean queued = new AtomicBoolean();
  private boolean retrying; // upkeep thread only
  private boolean asking; // upkeep thread only

  Reconciler(
      DataGroup group,
      RaftNode raft,
      Supplier<ClusterView> views,
      ScheduledExecutorService upkeep) {
    this.group = group;
    this.raft = raft;
    this.views = views;
    this.upkeep = upkeep;
  }

  /** Leadership came or went. */
  void leadershipChanged() {
    if (group.leads()) {
      reconcile();
    } else {
      group.refuseQueued();
    }
  }

  /** Any thread. Many changes in a row are looked at together. */
  void topicsChanged() {
    if (group.leads() && queued.compareAndSet(false, true)) {
      Upkeep.execute(
          upkeep,
          () -> {
            queued.set(false);
            reconcile();
          });
    }
  }

  private void reconcile() {
    if (!group.leads()) {
      return;
    }
    if (!group.knowsTopics()) {
      askForTopics();
      return;
    }
    ClusterView view = views.get();
    List<CompletableFuture<Outcome>> proposed = new ArrayList<>();
    for (Topic topic : view.topics()) {
      for (int number = 0; number < topic.partitionCount(); number++) {
        PartitionId id = topic.partition(number);
        if (view.placement().raftGroupOf(id).equals(group.id()) && !isAsWished(topic, id)) {
          addUnlessNull(proposed, group.put(id));
        }
      }
    }
    for (Partitions.Partition partition : group.groupState().partitions().all()) {
      if (DataGroup.isDeleted(view, partition.id().topicId())) {
        addUnlessNull(proposed, group.drop(partition.id()));
      }
    }
    if (!proposed.isEmpty()) {
      LOG.debug("raft group {}: {} partitions made or dropped", group.id(), proposed.size());
    }
    for (CompletableFuture<Outcome> each : proposed) {
      var _ = each.thenAccept(this::retryUnlessApplied);
    }
  }

  private boolean isAsWished(Topic topic, PartitionId id) {
    PartitionLog log = group.log(id);
    return log != null && log.settings().equals(topic.settings());
  }

  private void askForTopics() {
    if (asking) {
      return;
    }
    asking = true;
    int leadership = group.leadership();
    var _ =
        raft.readBarrier(RaftGroupId.METADATA)
            .whenComplete(
                (_, failure) ->
                    Upkeep.execute(
                        upkeep,
                        () -> {
                          asking = false;
                          if (failure == null) {
                            group.knowsTopics(leadership);
                            reconcile();
                          } else {
                            retry();
                          }
                        }));
  }

  private void retryUnlessApplied(Outcome outcome) {
    if (!(outcome instanceof Outcome.Applied)) {
      Upkeep.execute(upkeep, this::retry);
    }
  }

  private void retry() {
    if (retrying || upkeep.isShutdown()) {
      return;
    }
    retrying = true;
    var _ =
        upkeep.schedule(
            () -> {
              retrying = false;
              reconcile();
            },
            RETRY_MILLIS,
            TimeUnit.MILLISECONDS);
  }

  private static void addUnlessNull(
      List<CompletableFuture<Outcome>> proposed, @Nullable CompletableFuture<Outcome> outcome) {
    if (outcome != null) {
      proposed.add(outcome);
    }
  }
}
