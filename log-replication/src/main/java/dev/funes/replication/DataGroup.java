package dev.funes.replication;

import dev.funes.cluster.ClusterView;
import dev.funes.cluster.NodeId;
import dev.funes.cluster.PartitionId;
import dev.funes.cluster.RaftGroupId;
import dev.funes.cluster.Topic;
import dev.funes.log.PartitionLog;
import dev.funes.raft.RaftGroupStatus;
import dev.funes.raft.RaftNode;
import dev.funes.replication.Command.Append;
import dev.funes.replication.Command.DropPartition;
import dev.funes.replication.Command.PutPartition;
import dev.funes.replication.Outcome.Busy;
import dev.funes.replication.Outcome.NotLeader;
import dev.funes.replication.Outcome.UnknownPartition;
import dev.funes.state.KeyedState;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One data raft group on this node: many partitions, and the stored offsets of many consumer
 * groups.
 *
 * <p>Thread-safe. Futures complete on the apply thread of the raft group or on a timer thread: what
 * hangs on them must be quick and must not block, or be told an executor.
 */
public final class DataGroup {

  private final RaftGroupId id;
  private final DataGroupState state;
  private final RaftNode raft;
  private final Supplier<ClusterView> views;
  private final Batcher batcher;

  // Whoever makes or drops partitions looks at the view and queues the command under this lock, so
  // that the Raft log has these commands in the order of the views.
  private final Object placing = new Object();
  private final AtomicInteger leadership = new AtomicInteger();
  private volatile int leadershipThatKnowsTopics = -1;

  DataGroup(
      RaftGroupId id,
      DataGroupState state,
      RaftNode raft,
      Supplier<ClusterView> views,
      InstantSource clock,
      ReplicaLimits limits) {
    this.id = id;
    this.state = state;
    this.raft = raft;
    this.views = views;
    this.batcher =
        new Batcher(
            id.toString(),
            command -> raft.submit(id, command),
            clock,
            limits,
            GatherPace.ofThisMachine()::gapNanos);
  }

  public RaftGroupId id() {
    return id;
  }

  /** Whether this node leads the raft group and takes commands for it. */
  public boolean leads() {
    return state.leads();
  }

  /** Who leads, as far as this node knows. */
  public @Nullable NodeId leader() {
    return raft.leader(id);
  }

  public RaftGroupStatus status() {
    return raft.status(id);
  }

  /** The log of a partition; null when it is not here, or not yet. */
  public @Nullable PartitionLog log(PartitionId partition) {
    return state.partitions().log(partition);
  }

  /** Stored offsets and what is known of producers, as applied on this node. */
  public KeyedState state() {
    return state.keyed();
  }

  /** Bytes of commands that wait or are in flight. */
  public long pendingBytes() {
    return batcher.pendingBytes();
  }

  /** When it is done, everything that was committed before the call is applied here. */
  public CompletableFuture<Void> readBarrier() {
    return raft.readBarrier(id);
  }

  /**
   * Proposes a command. Its bytes must not change until the outcome is known.
   *
   * @throws IllegalArgumentException when a text in the command is longer than 65,535 bytes
   */
  public CompletableFuture<Outcome> propose(Command command) {
    if (!state.leads()) {
      return CompletableFuture.completedFuture(new NotLeader(raft.leader(id), false));
    }
    return batcher.propose(command);
  }

  /**
   * Appends a batch, and makes the partition first when the topic is so new that it is not here.
   */
  CompletableFuture<Outcome> append(Append append) {
    PartitionId partition = append.partition();
    if (!state.leads() || log(partition) != null) {
      return propose(append);
    }
    synchronized (placing) {
      ClusterView view = views.get();
      Topic topic = view.topic(partition.topicId());
      if (isDeleted(view, partition.topicId())
          || (topic != null && !topic.hasPartition(partition.partition()))) {
        return CompletableFuture.completedFuture(new UnknownPartition());
      }
      if (topic == null || !knowsTopics()) {
        // This node will hear of the topic soon: the caller has, so it is committed.
        return CompletableFuture.completedFuture(new Busy(Batcher.BUSY_RETRY_MILLIS));
      }
      // Its outcome is that of the append behind it.
      var _ = propose(new PutPartition(partition, topic.name(), topic.settings()));
      return propose(append);
    }
  }

  /** Makes or alters the partition as the newest view says; null when it says nothing of it. */
  @Nullable CompletableFuture<Outcome> put(PartitionId partition) {
    synchronized (placing) {
      Topic topic = views.get().topic(partition.topicId());
      return topic == null
          ? null
          : propose(new PutPartition(partition, topic.name(), topic.settings()));
    }
  }

  /** Drops the partition when its topic is gone from the newest view; null when it is not. */
  @Nullable CompletableFuture<Outcome> drop(PartitionId partition) {
    synchronized (placing) {
      return isDeleted(views.get(), partition.topicId())
          ? propose(new DropPartition(partition))
          : null;
    }
  }

  /** A topic that this view is too old to know is not a deleted one. */
  static boolean isDeleted(ClusterView view, long topicId) {
    return topicId <= view.lastTopicId() && view.topic(topicId) == null;
  }

  /**
   * A new leader makes and drops no partitions before its view is at least as new as the one that
   * leaders before it acted on: else it would bring back what they dropped.
   */
  boolean knowsTopics() {
    return leadershipThatKnowsTopics == leadership.get();
  }

  /** The view is new enough for a leadership that was in force when it was asked for. */
  void knowsTopics(int leadership) {
    leadershipThatKnowsTopics = leadership;
  }

  /** Grows with each change of leadership. */
  public int leadership() {
    return leadership.get();
  }

  void leadershipChanged() {
    leadership.incrementAndGet();
  }

  DataGroupState groupState() {
    return state;
  }

  /** What was not sent when leadership was lost is surely not written. */
  void refuseQueued() {
    batcher.refuseQueued(new NotLeader(raft.leader(id), false));
  }

  void close() {
    batcher.close();
  }
}
