package dev.funes.replication;

import dev.funes.cluster.ClusterView;
import dev.funes.cluster.NodeEndpoint;
import dev.funes.cluster.NodeId;
import dev.funes.cluster.PartitionId;
import dev.funes.cluster.Placement;
import dev.funes.cluster.RaftGroupId;
import dev.funes.cluster.Topic;
import dev.funes.group.GroupRecord;
import dev.funes.log.LogSettings;
import dev.funes.log.PartitionLog;
import dev.funes.raft.FatalHandler;
import dev.funes.raft.RaftGroupStatus;
import dev.funes.raft.RaftSettings;
import dev.funes.replication.Command.Append;
import dev.funes.replication.DiskReserve.Shortage;
import dev.funes.replication.GroupCommand.CommitOffsets;
import dev.funes.replication.GroupCommand.DeleteBookmark;
import dev.funes.replication.GroupCommand.DeleteGroup;
import dev.funes.replication.GroupCommand.DeleteOffsets;
import dev.funes.replication.GroupCommand.PutBookmark;
import dev.funes.replication.GroupCommand.UpdateGroup;
import dev.funes.replication.Outcome.NotLeader;
import dev.funes.replication.Outcome.UnknownPartition;
import dev.funes.state.GroupOffset;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Everything of one node below the API: its raft groups, the partitions and stored offsets that
 * they carry, and the cluster's topics.
 *
 * <p>Thread-safe. Futures complete on the apply thread of a raft group, on a timer thread, or in
 * the call itself: what hangs on them must be quick and must not block, or be told an executor.
 */
public final class Replica implements AutoCloseable {

  private final ReplicaConfig config;
  private final ReplicaParts parts;
  private final Scrubber scrubber;

  private Replica(ReplicaConfig config, ReplicaParts parts, FatalHandler fatal) {
    this.config = config;
    this.parts = parts;
    this.scrubber =
        new Scrubber(
            config.self().toString(),
            parts::dataGroups,
            config.limits().scrub(),
            config.data().resolve("repair"),
            fatal);
  }

  /**
   * Goes back to the newest checkpoints, joins the raft groups of this node, and lets them apply
   * the rest. Returns before that is done and before there are leaders.
   *
   * @param fatal is told when this node cannot be a correct replica any more
   * @throws IOException names the file or address at fault
   */
  public static Replica start(ReplicaConfig config, FatalHandler fatal) throws IOException {
    return start(config, RaftSettings.in(config.data().resolve("raft")), fatal);
  }

  /** As {@link #start(ReplicaConfig, FatalHandler)}, with other settings of the raft groups. */
  public static Replica start(ReplicaConfig config, RaftSettings settings, FatalHandler fatal)
      throws IOException {
    return new Replica(config, ReplicaParts.start(config, settings, fatal), fatal);
  }

  public NodeId self() {
    return config.self();
  }

  /** Where this node is reached. */
  public NodeEndpoint endpoint() {
    return config.endpoint();
  }

  /** Where the raft groups should be, as this node has applied it; see {@link #view}. */
  public Placement placement() {
    return view().placement();
  }

  /** The limits of consumer groups on this node. */
  public GroupLimits groupLimits() {
    return config.limits().groups();
  }

  /** The topics as this node has applied them; maybe behind the leader. */
  public ClusterView view() {
    return parts.metadata().view();
  }

  /**
   * A view with everything that was committed before the call. Fails with {@link
   * dev.funes.raft.RaftUnavailableException} when the metadata raft group has no quorum.
   */
  public CompletableFuture<ClusterView> syncedView() {
    return parts.metadata().syncedView();
  }

  public MetadataGroup metadata() {
    return parts.metadata();
  }

  /**
   * See {@link MetadataGroup#createTopic}. {@link TopicOutcome.DiskFull} when a node is short of
   * room.
   */
  public CompletableFuture<TopicOutcome> createTopic(
      String name, int partitionCount, LogSettings settings) {
    Shortage shortage = metadata().leads() ? shortage(RaftGroupId.METADATA) : null;
    return shortage != null
        ? CompletableFuture.completedFuture(new TopicOutcome.DiskFull(shortage))
        : metadata().createTopic(name, partitionCount, settings);
  }

  /** See {@link MetadataGroup#alterTopic}. */
  public CompletableFuture<TopicOutcome> alterTopic(String name, LogSettings settings) {
    return parts.metadata().alterTopic(name, settings);
  }

  /** See {@link MetadataGroup#deleteTopic}. */
  public CompletableFuture<TopicOutcome> deleteTopic(String name) {
    return parts.metadata().deleteTopic(name);
  }

  /** See {@link MetadataGroup#allocateProducerId}. */
  public CompletableFuture<ProducerIdOutcome> allocateProducerId() {
    return parts.metadata().allocateProducerId();
  }

  /**
   * Appends one validated batch. Its bytes must not change until the outcome is known. At once
   * {@link NotLeader} with a known outcome when this node does not lead the partition, and {@link
   * Outcome.DiskFull} when a node that has a replica of it is short of room.
   *
   * @param expectedOffset append only if the partition ends here, else {@link Outcome.Conflict};
   *     {@link Append#ANY_OFFSET}: wherever it does
   */
  public CompletableFuture<Outcome> append(
      Topic topic, int partition, ByteBuffer batch, long expectedOffset) {
    if (!topic.hasPartition(partition)) {
      return CompletableFuture.completedFuture(new UnknownPartition());
    }
    PartitionId id = topic.partition(partition);
    RaftGroupId raftGroup = placement().raftGroupOf(id);
    DataGroup group = parts.dataGroup(raftGroup);
    if (group == null) {
      return notHere(raftGroup);
    }
    if (group.leads()) {
      Shortage shortage = shortage(raftGroup);
      if (shortage != null) {
        return CompletableFuture.completedFuture(new Outcome.DiskFull(shortage));
      }
      diskReserve().admitted(batch.remaining());
    }
    return group.append(new Append(id, batch.slice(), expectedOffset));
  }

  /** Whose disk has no room for what this raft group would take; null when all have. */
  private @Nullable Shortage shortage(RaftGroupId raftGroup) {
    return diskReserve().shortage(placement().replicas(raftGroup));
  }

  /** What records leave free on the disk of this node, and of others. */
  public DiskReserve diskReserve() {
    return parts.diskReserve();
  }

  /**
   * Stores offsets of a consumer group, all or none. Their commit time is the leader's. {@link
   * Outcome.NotOwner} and {@link Outcome.UnknownMember} when the one who asks may not.
   *
   * @param memberId who asks; empty for somebody who is not a member
   * @param generation the newest that the member has seen
   * @throws IllegalArgumentException when a text is longer than 65,535 bytes
   */
  public CompletableFuture<Outcome> commitOffsets(
      String group, String memberId, long generation, List<GroupOffset> offsets) {
    return propose(new CommitOffsets(group, memberId, generation, offsets));
  }

  /**
   * Forgets stored offsets of a consumer group, all or none; {@link Outcome.NotOwner} when a member
   * holds one of them.
   */
  public CompletableFuture<Outcome> deleteOffsets(String group, List<PartitionId> partitions) {
    return propose(new DeleteOffsets(group, partitions));
  }

  /**
   * Replaces the record of a consumer group, and sets offsets with it: {@link
   * Outcome.GroupUpdated}, or {@link Outcome.VersionConflict} and nothing is changed.
   *
   * @param expectedVersion of the record that is replaced; 0 when there is none
   * @param next has the version after that
   * @throws IllegalArgumentException when it has not
   */
  public CompletableFuture<Outcome> updateGroup(
      String group, long expectedVersion, GroupRecord next, @Nullable OffsetUpdate offsets) {
    return propose(new UpdateGroup(group, expectedVersion, next, offsets));
  }

  /**
   * Forgets everything of a consumer group, if its record still has this version (0: there is
   * none); else {@link Outcome.VersionConflict}.
   */
  public CompletableFuture<Outcome> deleteGroup(String group, long expectedVersion) {
    return propose(new DeleteGroup(group, expectedVersion));
  }

  /**
   * Gives the stored offsets of now a name. {@link Outcome.UnknownGroup} when there are none,
   * {@link Outcome.BookmarkExists} when the name is taken and is not to be replaced, {@link
   * Outcome.BookmarksFull}.
   */
  public CompletableFuture<Outcome> putBookmark(String group, String name, boolean replace) {
    return propose(new PutBookmark(group, name, replace, config.limits().groups().bookmarksMax()));
  }

  /** Forgets a bookmark; {@link Outcome.UnknownBookmark} when there is none. */
  public CompletableFuture<Outcome> deleteBookmark(String group, String name) {
    return propose(new DeleteBookmark(group, name));
  }

  /**
   * The record of a consumer group as applied on this node; null when it has none, or when this
   * node does not replicate it.
   */
  public @Nullable GroupRecord groupRecord(String group) {
    DataGroup data = parts.dataGroup(placement().raftGroupOfConsumerGroup(group));
    byte[] record = data == null ? null : data.state().groupRecord(group);
    return record == null ? null : GroupRecord.decode(record);
  }

  private CompletableFuture<Outcome> propose(GroupCommand command) {
    RaftGroupId raftGroup = placement().raftGroupOfConsumerGroup(command.group());
    DataGroup group = parts.dataGroup(raftGroup);
    return group == null ? notHere(raftGroup) : group.propose(command);
  }

  private CompletableFuture<Outcome> notHere(RaftGroupId raftGroup) {
    return CompletableFuture.completedFuture(new NotLeader(leader(raftGroup), false));
  }

  /** The log of a partition; null when there is no replica here, or it is not made yet. */
  public @Nullable PartitionLog log(PartitionId id) {
    DataGroup group = parts.dataGroup(placement().raftGroupOf(id));
    return group == null ? null : group.log(id);
  }

  /** Partitions that are here. */
  public int partitionCount() {
    return parts.dataGroups().stream()
        .mapToInt(group -> group.groupState().partitions().all().size())
        .sum();
  }

  /** A data raft group that this node replicates; null for another. */
  public @Nullable DataGroup dataGroup(RaftGroupId id) {
    return parts.dataGroup(id);
  }

  /** The data raft groups that this node replicates. */
  public Collection<DataGroup> dataGroups() {
    return parts.dataGroups();
  }

  /** Whether this node has a replica of the raft group now, be it that it should or not. */
  public boolean isHere(RaftGroupId id) {
    return parts.dataGroup(id) != null
        || (id.isMetadata() && parts.raft().raftGroups().contains(id));
  }

  /**
   * Who leads a raft group as far as this node knows; for one that it does not replicate, who
   * should.
   */
  public @Nullable NodeId leader(RaftGroupId id) {
    return isHere(id) ? parts.raft().leader(id) : placement().preferredLeader(id);
  }

  /** A raft group that this node replicates, as the node sees it now. */
  public RaftGroupStatus status(RaftGroupId id) {
    return parts.raft().status(id);
  }

  /**
   * How to reach the checkpoints of other nodes. Before it is called, a replica that no Raft log
   * can bring up to date waits.
   */
  public void copyCheckpointsFrom(RemoteCheckpoints others) {
    parts.catchUp().readFrom(others);
  }

  /** The copy of a raft group's checkpoint that is under way here; null when none is. */
  public @Nullable CopyProgress copying(RaftGroupId id) {
    DataGroup group = parts.dataGroup(id);
    return id.isMetadata()
        ? parts.metadata().groupState().copying()
        : group == null ? null : group.groupState().copying();
  }

  /**
   * The newest checkpoint of a raft group here, which is then kept for a minute, and for another
   * one after each reading of its files; null when there is none. Reads files.
   */
  public @Nullable CheckpointListing checkpoint(RaftGroupId id) throws IOException {
    DataGroup group = parts.dataGroup(id);
    return id.isMetadata()
        ? parts.metadata().groupState().snapshot()
        : group == null ? null : group.groupState().checkpointer().pin();
  }

  /**
   * Opens a file of a checkpoint that is kept, from a position on.
   *
   * @throws IOException also when it is not kept any more
   */
  public CheckpointReader openCheckpoint(RaftGroupId id, long index, String file, long position)
      throws IOException {
    DataGroup group = parts.dataGroup(id);
    if (group == null) {
      throw new IOException("raft group " + id + " has no replica on this node");
    }
    return group.groupState().checkpointer().open(index, file, position);
  }

  /** Asks another replica of a raft group that this node leads to lead it. */
  public CompletableFuture<Void> transferLeadership(RaftGroupId id, NodeId to) {
    return parts.raft().transferLeadership(id, to);
  }

  /** The listener is told of each partition that comes or goes here, on an apply thread. */
  public void addPartitionListener(Consumer<PartitionId> onCreatedOrDropped) {
    parts.partitionListeners().add(onCreatedOrDropped);
  }

  public void removePartitionListener(Consumer<PartitionId> onCreatedOrDropped) {
    parts.partitionListeners().remove(onCreatedOrDropped);
  }

  /**
   * The listener is told of each data raft group here that this node begins or ceases to lead, on
   * any thread: it must be quick.
   */
  public void addLeadershipListener(Consumer<RaftGroupId> onLeadershipChanged) {
    parts.leadershipListeners().add(onLeadershipChanged);
  }

  /** Looks for damage in the segments, once it has begun. */
  public Scrubber scrubber() {
    return scrubber;
  }

  /**
   * Lets this replica ask the others. Until then it comes to no raft group that has voters, and one
   * whose replica was damaged stays away.
   */
  public void connect(ReplicaPeers peers) {
    parts.connect(peers);
  }

  /**
   * Makes sure that a raft group, which this node leads, does not count on the replica of a node:
   * it is removed from the voters unless that is so.
   *
   * @param onlyAsk changes nothing
   */
  public CompletableFuture<ForgetOutcome> forget(RaftGroupId id, NodeId lost, boolean onlyAsk) {
    return parts.forget(id, lost, onlyAsk);
  }

  /** The voters of a raft group, and what is being done about them. */
  public Movement movement(RaftGroupId id) {
    return parts.movement(id);
  }

  /** Before it is closed: has others lead what it leads, as far as that works within a second. */
  public void handOverLeads() {
    parts.raft().handOverLeads();
  }

  /** Leaves the raft groups, and takes last checkpoints. */
  @Override
  public void close() {
    scrubber.close();
    parts.close();
  }
}
