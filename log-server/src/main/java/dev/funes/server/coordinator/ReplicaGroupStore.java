package dev.funes.server.coordinator;

import dev.funes.cluster.ClusterView;
import dev.funes.cluster.NodeId;
import dev.funes.cluster.PartitionId;
import dev.funes.cluster.RaftGroupId;
import dev.funes.group.GroupRecord;
import dev.funes.replication.DataGroup;
import dev.funes.replication.OffsetUpdate;
import dev.funes.replication.Outcome;
import dev.funes.replication.Replica;
import dev.funes.state.HistoryEntry;
import dev.funes.state.KeyedState;
import dev.funes.state.StoredOffset;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Consumer groups as this node's replicas have them. */
final class ReplicaGroupStore implements GroupStore {
  private static final int NOT_LEADING = -1;

  private final Replica replica;

  ReplicaGroupStore(Replica replica) {
    this.replica = replica;
  }

  @Override
  public int leadership(RaftGroupId raftGroup) {
    DataGroup data = replica.dataGroup(raftGroup);
    if (data == null) {
      return NOT_LEADING;
    }
    int number = data.leadership();
    return data.leads() ? number : NOT_LEADING;
  }

  @Override
  public @Nullable NodeId leader(RaftGroupId raftGroup) {
    NodeId leader = replica.leader(raftGroup);
    return replica.self().equals(leader) ? null : leader;
  }

  @Override
  public RaftGroupId raftGroup(String group) {
    return replica.placement().raftGroupOfConsumerGroup(group);
  }

  @Override
  public ClusterView view() {
    return replica.view();
  }

  @Override
  public List<String> groups(RaftGroupId raftGroup) {
    DataGroup data = replica.dataGroup(raftGroup);
    return data == null ? List.of() : data.state().groups();
  }

  @Override
  public @Nullable GroupRecord record(String group) {
    return replica.groupRecord(group);
  }

  @Override
  public boolean exists(String group) {
    KeyedState state = state(group);
    return state.groupRecord(group) != null
        || !state.offsets(group).isEmpty()
        || state.historyBounds(group).newestId() > 0
        || state.bookmarkCount(group) > 0;
  }

  @Override
  public @Nullable Long offset(String group, PartitionId partition) {
    StoredOffset stored = state(group).offset(group, partition.topicId(), partition.partition());
    return stored == null ? null : stored.offset();
  }

  @Override
  public @Nullable HistoryEntry history(String group, long id) {
    List<HistoryEntry> found = state(group).resets(group, id + 1, 1);
    return found.isEmpty() || found.getFirst().id() != id ? null : found.getFirst();
  }

  @Override
  public CompletableFuture<Outcome> update(
      String group, long expectedVersion, GroupRecord next, @Nullable OffsetUpdate offsets) {
    return replica.updateGroup(group, expectedVersion, next, offsets);
  }

  @Override
  public CompletableFuture<Outcome> delete(String group, long expectedVersion) {
    return replica.deleteGroup(group, expectedVersion);
  }

  @Override
  public int membersMax() {
    return replica.groupLimits().membersMax();
  }

  private KeyedState state(String group) {
    DataGroup data = replica.dataGroup(raftGroup(group));
    if (data == null) {
      throw new IllegalStateException("expected a replica of the raft group of " + group);
    }
    return data.state();
  }
}
