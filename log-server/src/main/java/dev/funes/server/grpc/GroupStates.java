package dev.funes.server.grpc;

import dev.funes.cluster.RaftGroupId;
import dev.funes.cluster.Topic;
import dev.funes.proto.v1.StoredOffset;
import dev.funes.replication.DataGroup;
import dev.funes.replication.Replica;
import dev.funes.state.GroupOffset;
import dev.funes.state.KeyedState;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What is stored of consumer groups that this node coordinates. Any thread may call. */
final class GroupStates {
  private static final Comparator<StoredOffset> BY_PARTITION =
      Comparator.comparing(StoredOffset::getTopic).thenComparingInt(StoredOffset::getPartition);

  private final Replica replica;
  private final Barriers barriers;

  GroupStates(Replica replica, Barriers barriers) {
    this.replica = replica;
    this.barriers = barriers;
  }

  /** The state of a consumer group's raft group with everything that was committed before. */
  CompletableFuture<KeyedState> current(String group) {
    return current(replica.placement().raftGroupOfConsumerGroup(group));
  }

  /** The state of a raft group with everything that was committed before. */
  CompletableFuture<KeyedState> current(RaftGroupId raftGroup) {
    return barriers.read(raftGroup).thenApply(_ -> applied(raftGroup));
  }

  /**
   * The state of a consumer group's raft group as applied here: what a command that was answered on
   * this node has changed is in it. Nothing can fail any more, so that a caller never takes for
   * undone what was done.
   */
  KeyedState applied(String group) {
    return applied(replica.placement().raftGroupOfConsumerGroup(group));
  }

  private KeyedState applied(RaftGroupId raftGroup) {
    DataGroup data = replica.dataGroup(raftGroup);
    if (data == null) {
      throw new IllegalStateException("expected a replica of raft group " + raftGroup);
    }
    return data.state();
  }

  /** Throws {@link RequestProblem} when nothing at all is known of a consumer group. */
  static void requireKnown(KeyedState state, String group) {
    if (state.groupRecord(group) == null
        && state.offsets(group).isEmpty()
        && state.historyBounds(group).newestId() == 0
        && state.bookmarkCount(group) == 0) {
      throw new RequestProblem(Errors.unknownGroup(group));
    }
  }

  /** The topic with this id; null when it is gone. */
  @Nullable Topic topic(long topicId) {
    return replica.view().topic(topicId);
  }

  /** For people: its name, or which one it was. */
  String topicName(long topicId) {
    Topic topic = topic(topicId);
    return topic == null ? "(deleted topic " + topicId + ")" : topic.name();
  }

  /** As messages, by topic and partition, of topics that still exist. */
  List<StoredOffset> messages(Collection<GroupOffset> offsets) {
    return offsets.stream()
        .filter(offset -> topic(offset.topicId()) != null)
        .map(this::message)
        .sorted(BY_PARTITION)
        .toList();
  }

  private StoredOffset message(GroupOffset offset) {
    StoredOffset.Builder stored =
        StoredOffset.newBuilder()
            .setTopic(topicName(offset.topicId()))
            .setPartition(offset.partition())
            .setOffset(offset.offset().offset())
            .setMetadata(offset.offset().metadata())
            .setCommitTimeMillis(offset.offset().commitTimeMillis());
    if (offset.offset().leaderEpoch() >= 0) {
      stored.setLeaderEpoch(offset.offset().leaderEpoch());
    }
    return stored.build();
  }
}
