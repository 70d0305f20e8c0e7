package dev.funes.server.coordinator;

import dev.funes.cluster.ClusterView;
import dev.funes.cluster.NodeEndpoint;
import dev.funes.cluster.NodeId;
import dev.funes.cluster.PartitionId;
import dev.funes.cluster.Placement;
import dev.funes.cluster.RaftGroupId;
import dev.funes.cluster.Topic;
import dev.funes.group.GroupRecord;
import dev.funes.log.LogSettings;
import dev.funes.replication.OffsetUpdate;
import dev.funes.replication.Outcome;
import dev.funes.state.HistoryEntry;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Records in memory, and updates that wait for the test to say what becomes of them. */
final class FakeGroupStore implements GroupStore {
  /** What the coordinator has proposed. */
  record Update(
      String group, long expectedVersion, GroupRecord next, CompletableFuture<Outcome> outcome) {}

  static final RaftGroupId RAFT_GROUP = new RaftGroupId(1);

  final BlockingQueue<Update> updates = new LinkedBlockingQueue<>();
  final Map<String, GroupRecord> records = new ConcurrentHashMap<>();
  volatile int leadership = 1;
  volatile ClusterView view =
      ClusterView.empty(
          Placement.of("test", List.of(new NodeEndpoint(new NodeId(1), "127.0.0.1", 1, 2))));

  void topic(String name, int partitionCount) {
    view = view.with(new Topic(name, view.lastTopicId() + 1, partitionCount, LogSettings.DEFAULTS));
  }

  Update next() throws InterruptedException {
    Update update = updates.poll(20, TimeUnit.SECONDS);
    if (update == null) {
      throw new AssertionError("expected an update");
    }
    return update;
  }

  /** Stores it, if it is of the version that it expects. */
  void apply(Update update) {
    GroupRecord known = records.get(update.group);
    long version = known == null ? 0 : known.version();
    if (version == update.expectedVersion) {
      records.put(update.group, update.next);
      update.outcome.complete(new Outcome.GroupUpdated(update.next.version(), 0));
    } else {
      update.outcome.complete(new Outcome.VersionConflict(version));
    }
  }

  @Override
  public int leadership(RaftGroupId raftGroup) {
    return leadership;
  }

  @Override
  public NodeId leader(RaftGroupId raftGroup) {
    return new NodeId(2);
  }

  @Override
  public RaftGroupId raftGroup(String group) {
    return RAFT_GROUP;
  }

  @Override
  public ClusterView view() {
    return view;
  }

  @Override
  public List<String> groups(RaftGroupId raftGroup) {
    return List.copyOf(records.keySet());
  }

  @Override
  public @Nullable GroupRecord record(String group) {
    return records.get(group);
  }

  @Override
  public boolean exists(String group) {
    return records.containsKey(group);
  }

  @Override
  public @Nullable Long offset(String group, PartitionId partition) {
    return null;
  }

  @Override
  public @Nullable HistoryEntry history(String group, long id) {
    return null;
  }

  @Override
  public CompletableFuture<Outcome> update(
      String group, long expectedVersion, GroupRecord next, @Nullable OffsetUpdate offsets) {
    Update update = new Update(group, expectedVersion, next, new CompletableFuture<>());
    updates.add(update);
    return update.outcome;
  }

  @Override
  public CompletableFuture<Outcome> delete(String group, long expectedVersion) {
    records.remove(group);
    return CompletableFuture.completedFuture(new Outcome.Done());
  }

  @Override
  public int membersMax() {
    return 5_000;
  }
}
