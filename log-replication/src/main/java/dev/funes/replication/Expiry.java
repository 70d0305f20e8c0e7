package dev.funes.replication;

import dev.funes.cluster.ClusterView;
import dev.funes.cluster.PartitionId;
import dev.funes.log.PartitionLog;
import dev.funes.replication.Command.ExpireProducers;
import dev.funes.replication.Command.TrimBefore;
import dev.funes.replication.GroupCommand.DeleteOffsets;
import dev.funes.state.GroupOffset;
import dev.funes.state.KeyedState;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * What the leader of a data raft group lets go when its time has come, by its own clock: segments
 * past retention, silent producers, stored offsets of deleted topics, and what {@link GroupExpiry}
 * finds. It only proposes; every replica then does the same. Runs on the upkeep thread; what did
 * not come through comes again with the next round.
 */
final class Expiry {

  // Producers and stored offsets are read from the disk, so they are looked at less often.
  private static final int PRODUCER_ROUNDS_PER_LIFE = 20;
  private static final int OFFSETS_EVERY_ROUNDS = 20;

  private final DataGroup group;
  private final Supplier<ClusterView> views;
  private final InstantSource clock;
  private final ReplicaLimits limits;
  private final GroupExpiry groups;
  private long producersLookedAtMillis;
  private long topicsLookedAt = -1;
  private int round;

  Expiry(DataGroup group, Supplier<ClusterView> views, InstantSource clock, ReplicaLimits limits) {
    this.group = group;
    this.views = views;
    this.clock = clock;
    this.limits = limits;
    this.groups = new GroupExpiry(group::state, this::propose, clock, limits.groups());
  }

  void run() {
    if (group.leads()) {
      trim();
      expireProducers();
      forgetOffsetsOfDeletedTopics();
      groups.run();
    }
  }

  private void trim() {
    for (Partitions.Partition partition : group.groupState().partitions().all()) {
      PartitionLog log = partition.log();
      long start = log.retentionStart(clock.millis());
      if (start > log.logStartOffset()) {
        propose(new TrimBefore(partition.id(), start));
      }
    }
  }

  private void expireProducers() {
    long lifeMillis = limits.producerExpiryMillis();
    if (clock.millis() - producersLookedAtMillis < lifeMillis / PRODUCER_ROUNDS_PER_LIFE) {
      return;
    }
    producersLookedAtMillis = clock.millis();
    long beforeMillis = clock.millis() - lifeMillis;
    AtomicBoolean due = new AtomicBoolean();
    group
        .state()
        .forEachProducer(
            (_, _, _, producer) -> {
              if (producer.lastTimestampMillis() < beforeMillis) {
                due.set(true);
              }
            });
    if (due.get()) {
      propose(new ExpireProducers(beforeMillis));
    }
  }

  private void forgetOffsetsOfDeletedTopics() {
    if (!group.knowsTopics()) {
      return;
    }
    ClusterView view = views.get();
    if (view.version() == topicsLookedAt && ++round % OFFSETS_EVERY_ROUNDS != 0) {
      return;
    }
    topicsLookedAt = view.version();
    KeyedState state = group.state();
    for (String consumerGroup : state.groups()) {
      List<PartitionId> orphans =
          state.offsets(consumerGroup).stream()
              .filter(offset -> DataGroup.isDeleted(view, offset.topicId()))
              .map(Expiry::partition)
              .toList();
      if (!orphans.isEmpty()) {
        propose(new DeleteOffsets(consumerGroup, orphans));
      }
    }
  }

  private static PartitionId partition(GroupOffset offset) {
    return new PartitionId(offset.topicId(), offset.partition());
  }

  private void propose(Command command) {
    CompletableFuture<Outcome> _ = group.propose(command);
  }
}
