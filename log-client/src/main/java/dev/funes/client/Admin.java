package dev.funes.client;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/**
 * Creates, shows and changes topics, stored offsets and the cluster. Thread-safe.
 *
 * <p>Every call blocks, tries other nodes and waits out elections for {@link
 * ClientConfig#requestTimeout()} at the longest, and fails with a {@link FunesException}.
 */
public final class Admin implements AutoCloseable {
  private final Connections connections;
  private final TopicCalls topics;
  private final PositionCalls positions;
  private final OffsetCalls offsets;
  private final GroupCalls groups;
  private final ClusterCalls cluster;
  private final boolean ownsConnections;

  private Admin(Connections connections, ClientConfig config, boolean ownsConnections) {
    this.connections = connections;
    UnaryCalls calls = new UnaryCalls(connections, config.requestTimeout());
    this.topics = new TopicCalls(calls);
    this.positions = new PositionCalls(calls, topics);
    this.groups = new GroupCalls(calls);
    this.cluster = new ClusterCalls(calls);
    this.offsets = new OffsetCalls(calls);
    this.ownsConnections = ownsConnections;
  }

  /** Opens an admin; it connects with the first call. */
  public static Admin open(ClientConfig config) {
    return new Admin(new Connections(config.servers(), System::nanoTime), config, true);
  }

  /** An admin over the connections of a producer or consumer, which closes them. */
  static Admin over(Connections connections, ClientConfig config) {
    return new Admin(connections, config, false);
  }

  /**
   * Creates a topic.
   *
   * @param name 1 to 249 of [a-zA-Z0-9._-], not "." or ".."
   * @param partitionCount from 1
   * @throws FunesException TOPIC_EXISTS, INVALID_ARGUMENT, LIMIT_EXCEEDED
   */
  public TopicInfo createTopic(String name, int partitionCount, TopicSettings settings) {
    return topics.create(name, partitionCount, settings);
  }

  /** All topics, by name. */
  public List<TopicInfo> listTopics() {
    return topics.list();
  }

  /**
   * A topic, its partitions and their leaders.
   *
   * @throws FunesException UNKNOWN_TOPIC
   */
  public TopicDescription describeTopic(String name) {
    return topics.describe(name);
  }

  /**
   * Changes the settings that are not null.
   *
   * @throws FunesException UNKNOWN_TOPIC, INVALID_ARGUMENT
   */
  public TopicInfo alterTopic(String name, TopicSettings settings) {
    return topics.alter(name, settings);
  }

  /**
   * Deletes a topic with all that is in it.
   *
   * @throws FunesException UNKNOWN_TOPIC
   */
  public void deleteTopic(String name) {
    topics.delete(name);
  }

  /**
   * Turns places in the log into offsets. No partitions: no offsets.
   *
   * @throws FunesException UNKNOWN_TOPIC or UNKNOWN_PARTITION, when one of them is
   */
  public SortedMap<TopicPartition, ListedOffset> listOffsets(
      Map<TopicPartition, LogPosition> places) {
    return positions.list(places);
  }

  /**
   * One place in all partitions of some topics: of a timestamp, the same moment in each.
   *
   * @throws FunesException UNKNOWN_TOPIC, when one of them is
   */
  public Cut cut(Collection<String> names, LogPosition position) {
    return positions.cut(names, position);
  }

  /** All stored offsets of a consumer group, by topic and partition. */
  public List<CommittedOffset> committedOffsets(String group) {
    return committedOffsets(group, List.of());
  }

  /**
   * The stored offsets of a consumer group, by topic and partition.
   *
   * @param topics none means all
   */
  public List<CommittedOffset> committedOffsets(String group, Collection<String> topics) {
    return offsets.committed(group, topics);
  }

  /**
   * The stored offsets of a consumer group as they were. Of an offset that has changed since, only
   * partition and offset are known.
   *
   * @throws FunesException UNKNOWN_GROUP, UNKNOWN_BOOKMARK; INVALID_ARGUMENT when the history does
   *     not reach back so far
   */
  public List<CommittedOffset> committedOffsetsAt(String group, OffsetsAt at) {
    return offsets.committedAt(group, at, List.of());
  }

  /**
   * What was committed and reset, newest first.
   *
   * @param beforeId only entries with smaller ids; 0: from the newest
   * @param countMax 1 to 1,000; there may be fewer although there are more, see {@link
   *     OffsetHistoryPage#more()}
   * @param resetsOnly only what is not a commit
   * @throws FunesException UNKNOWN_GROUP
   */
  public OffsetHistoryPage offsetHistory(
      String group, long beforeId, int countMax, boolean resetsOnly) {
    return offsets.history(group, beforeId, countMax, resetsOnly);
  }

  /**
   * Gives the stored offsets of now a name.
   *
   * @param name 1 to 249 of [a-zA-Z0-9._-]
   * @param replace an older bookmark of that name goes
   * @throws FunesException UNKNOWN_GROUP, BOOKMARK_EXISTS, LIMIT_EXCEEDED
   */
  public OffsetBookmark putBookmark(String group, String name, boolean replace) {
    return offsets.putBookmark(group, name, replace);
  }

  /** The bookmarks of a consumer group, by name. */
  public List<OffsetBookmark> bookmarks(String group) {
    return offsets.bookmarks(group);
  }

  /**
   * Forgets a bookmark.
   *
   * @throws FunesException UNKNOWN_BOOKMARK
   */
  public void deleteBookmark(String group, String name) {
    offsets.deleteBookmark(group, name);
  }

  /** Stores offsets: all or, when it fails, none. Durable on a majority when it returns. */
  public void commitOffsets(String group, Collection<CommittedOffset> offsets) {
    this.offsets.commit(group, offsets);
  }

  /**
   * Forgets the stored offsets of a group.
   *
   * @param topics none means all
   * @return how many there were
   */
  public int deleteOffsets(String group, Collection<String> topics) {
    return offsets.delete(group, topics);
  }

  /**
   * Moves the stored offsets of a group. Members that run are made to let go of the partitions, and
   * begin again at the new offsets; nobody has to stop.
   *
   * @param topics none means every partition that the group has a stored offset for, or the
   *     bookmark has; has to be none for {@link ResetTo.Targets} and {@link ResetTo.Undo}
   * @param dryRun true: only tell what would be done
   * @throws FunesException UNKNOWN_GROUP, UNKNOWN_TOPIC, UNKNOWN_PARTITION, UNKNOWN_BOOKMARK,
   *     NOTHING_TO_UNDO, INVALID_ARGUMENT; GROUP_RESETTING: another reset is under way;
   *     UNKNOWN_OUTCOME: it is not tried again when it may have been carried out or still goes on,
   *     and the history tells
   */
  public ResetResult resetOffsets(
      String group, Collection<ResetTopic> topics, ResetTo to, boolean dryRun) {
    return offsets.reset(OffsetMessages.reset(group, topics, to, dryRun));
  }

  /**
   * Takes back the newest reset, import, copy or deletion that has not been taken back: every
   * offset is again exactly what it was before, also where there was none.
   *
   * @param dryRun true: only tell what would be done
   * @throws FunesException NOTHING_TO_UNDO, and as for {@link #resetOffsets}
   */
  public ResetResult undoReset(String group, boolean dryRun) {
    return resetOffsets(group, List.of(), new ResetTo.Undo(), dryRun);
  }

  /** All consumer groups that have members, offsets or a history, by name. */
  public List<GroupInfo> listGroups() {
    return groups.list();
  }

  /**
   * A consumer group, its members, and how far it has come.
   *
   * @throws FunesException UNKNOWN_GROUP
   */
  public GroupDescription describeGroup(String group) {
    return groups.describe(group);
  }

  /**
   * Forgets a consumer group that has no members: its offsets, their history and its bookmarks.
   *
   * @throws FunesException UNKNOWN_GROUP, GROUP_NOT_EMPTY
   */
  public void deleteGroup(String group) {
    groups.delete(group);
  }

  /**
   * Stops delivery to all members of a consumer group until {@link #resumeGroup}. They keep what
   * they hold, and who joins meanwhile gets nothing to read either.
   *
   * @throws FunesException UNKNOWN_GROUP
   */
  public void pauseGroup(String group) {
    groups.pause(group, true);
  }

  /**
   * Starts delivery again.
   *
   * @throws FunesException UNKNOWN_GROUP
   */
  public void resumeGroup(String group) {
    groups.pause(group, false);
  }

  /**
   * Sends a member away: what it holds goes to the others at once, and its commits are refused.
   *
   * @param member its id, or its instance id
   * @throws FunesException UNKNOWN_GROUP, UNKNOWN_MEMBER
   */
  public void kickMember(String group, String member) {
    groups.kick(group, member);
  }

  /** The nodes, the raft groups, and whether all is well. */
  public ClusterDescription describeCluster() {
    return cluster.describe();
  }

  /**
   * Makes a node one of the cluster; it runs already and waits for that, or is started soon. It
   * gets no data raft group before {@link #balance}. Nothing changes when the same node is there.
   *
   * <p>This and what follows is stored when the call returns; what takes longer the cluster does by
   * itself, and {@link #describeCluster} shows how far it is.
   *
   * @throws FunesException INVALID_ARGUMENT
   */
  public void addNode(ClusterNode node) {
    cluster.add(node);
  }

  /**
   * Forgets a node for ever. Nothing changes when it was removed before.
   *
   * @throws FunesException INVALID_ARGUMENT when there is no such node, or a data raft group is
   *     placed on it
   */
  public void removeNode(int nodeId) {
    cluster.remove(nodeId);
  }

  /**
   * Moves all data raft groups away from a node, and keeps new ones away from it.
   *
   * @param dryRun only tell what would move
   * @return what moves where, in this order
   * @throws FunesException INVALID_ARGUMENT when there is no such node, or too few are left
   */
  public List<RaftGroupMove> drainNode(int nodeId, boolean dryRun) {
    return cluster.drain(nodeId, false, dryRun);
  }

  /**
   * Lets a node have data raft groups again; what has moved stays where it is.
   *
   * @throws FunesException INVALID_ARGUMENT
   */
  public void undrainNode(int nodeId) {
    cluster.drain(nodeId, true, false);
  }

  /**
   * Puts a new node in the place of one that is gone for good, which is removed at the end.
   *
   * @param dryRun only tell what would move
   * @throws FunesException INVALID_ARGUMENT
   */
  public List<RaftGroupMove> replaceNode(int nodeId, ClusterNode successor, boolean dryRun) {
    return cluster.replace(nodeId, successor, dryRun);
  }

  /**
   * Spreads replicas and leads of the data raft groups over zones and nodes.
   *
   * @param dryRun only tell what would move
   */
  public List<RaftGroupMove> balance(boolean dryRun) {
    return cluster.balance(false, dryRun);
  }

  /** Ends {@link #balance} after the move that is under way. */
  public void stopBalancing() {
    cluster.balance(true, false);
  }

  /**
   * Makes a replica the preferred leader of its raft group, and has it given the lead.
   *
   * @param raftGroup from 1
   * @throws FunesException INVALID_ARGUMENT
   */
  public void transferLeader(int raftGroup, int nodeId) {
    cluster.transferLeader(raftGroup, nodeId);
  }

  /**
   * Lets nodes read all their segments now, and repair what their disks have changed. Returns when
   * they have begun; {@link #describeCluster} tells how far they are.
   *
   * @param node id of the node; 0: all of them
   * @throws FunesException with {@link ErrorCode#INVALID_ARGUMENT} when there is no such node
   */
  public ScrubStart startScrub(int node) {
    return cluster.startScrub(node);
  }

  @Override
  public void close() {
    if (ownsConnections) {
      connections.close();
    }
  }
}
