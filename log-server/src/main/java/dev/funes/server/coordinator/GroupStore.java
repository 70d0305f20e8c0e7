package dev.funes.server.coordinator;

import dev.funes.cluster.ClusterView;
import dev.funes.cluster.NodeId;
import dev.funes.cluster.PartitionId;
import dev.funes.cluster.RaftGroupId;
import dev.funes.group.GroupRecord;
import dev.funes.replication.OffsetUpdate;
import dev.funes.replication.Outcome;
import dev.funes.state.HistoryEntry;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What the coordinator needs of the replica below it. */
interface GroupStore {
  /** A number of this node's leadership of the raft group; negative when it does not lead. */
  int leadership(RaftGroupId raftGroup);

  @Nullable NodeId leader(RaftGroupId raftGroup);

  RaftGroupId raftGroup(String group);

  ClusterView view();

  /** Consumer groups of a raft group that have a record, by name. */
  List<String> groups(RaftGroupId raftGroup);

  /** Null when there is none. */
  @Nullable GroupRecord record(String group);

  /** Whether anything is known of the consumer group. */
  boolean exists(String group);

  @Nullable Long offset(String group, PartitionId partition);

  @Nullable HistoryEntry history(String group, long id);

  CompletableFuture<Outcome> update(
      String group, long expectedVersion, GroupRecord next, @Nullable OffsetUpdate offsets);

  CompletableFuture<Outcome> delete(String group, long expectedVersion);

  int membersMax();
}
