package dev.funes.client;

import dev.funes.proto.v1.JoinGroup;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads partitions from any offset on, and stores for its consumer group how far it has come.
 *
 * <p>With {@link #subscribe} it is a member of the group, which gives each partition to one of its
 * members; with {@link #assign} it reads what it is told, and no member may hold that.
 *
 * <p>Streams from the nodes carry the partitions. They read ahead for {@link
 * ClientConfig#prefetchBytes()}; then the nodes wait for the caller. One that breaks is opened
 * again where the caller is, on another node if need be, for {@link ClientConfig#deliveryTimeout()}
 * at the longest.
 *
 * <p>Not thread-safe, except for {@link #wakeup()}.
 */
public final class Consumer implements AutoCloseable {
  private static final Duration LISTEN_POLL = Duration.ofSeconds(1);

  private final ClientConfig config;
  private final GroupOptions options;
  private final Connections connections;
  private final Admin admin;
  private final GroupOffsets offsets;
  private final ReadPositions positions;
  private final Fetcher fetcher;
  private final Polls polls;
  private @Nullable Membership membership;

  private Consumer(ClientConfig config, @Nullable String group, GroupOptions options) {
    this.config = config;
    this.options = options;
    this.connections = new Connections(config.servers(), System::nanoTime);
    this.admin = Admin.over(connections, config);
    this.offsets = new GroupOffsets(admin, group);
    this.positions = new ReadPositions(admin, group);
    this.fetcher = new Fetcher(config, connections, positions, admin);
    this.polls = new Polls(fetcher, positions);
  }

  /**
   * Opens a consumer; it connects when it is first asked for something.
   *
   * @param group the consumer group whose offsets it uses; null: it stores and finds none
   */
  public static Consumer open(ClientConfig config, @Nullable String group) {
    return new Consumer(config, group, GroupOptions.DEFAULTS);
  }

  /** The same, with settings of its own as a member of a consumer group. */
  public static Consumer open(ClientConfig config, String group, GroupOptions options) {
    return new Consumer(config, group, options);
  }

  /** As {@link #subscribe(Subscription, RebalanceListener)}, with nobody to listen. */
  public void subscribe(Subscription subscription) {
    subscribe(subscription, new RebalanceListener() {});
  }

  /**
   * Joins the consumer group as a member, or changes what it wants to read. The group gives its
   * members the partitions, each to one at a time; {@link #poll} takes over what was given, from
   * the stored offset on (or as {@link ClientConfig#offsetReset()} says where there is none: END at
   * the end, else at the start), and lets go of what was revoked. When the session has ended
   * meanwhile, it joins again by itself.
   *
   * @param listener hears of what comes and goes; the one of the first call stays
   * @throws IllegalStateException without a consumer group, or when partitions are assigned
   */
  public void subscribe(Subscription subscription, RebalanceListener listener) {
    JoinGroup join = ToProto.join(offsets.groupName(), subscription, options);
    if (membership != null) {
      membership.session().resubscribe(join);
      return;
    }
    if (!positions.isEmpty()) {
      throw new IllegalStateException(
          "partitions are assigned: assign() and subscribe() do not go together");
    }
    MemberSession session = new MemberSession(connections, config, options, join, fetcher::wake);
    membership = new Membership(this, session, config, options, listener, positions, fetcher);
    fetcher.waitForTopics(true);
    session.start();
  }

  /** Stores how far it came, as the delivery says, and leaves the group. */
  public void unsubscribe() {
    try {
      if (membership != null) {
        membership.close();
      }
    } finally {
      membership = null; // The listener may still commit before.
      fetcher.waitForTopics(false);
    }
  }

  /** The id that the group has given this member; empty before it has joined. */
  public String memberId() {
    return membership == null ? "" : membership.session().memberId();
  }

  /** The newest generation of the group's assignment that this member has taken over; 0: none. */
  public long generation() {
    return membership == null ? 0 : membership.commits().generation();
  }

  /** True when somebody has paused the whole consumer group: polls return nothing. */
  public boolean isPaused() {
    return membership != null && membership.isPaused();
  }

  /**
   * The partitions of a topic, by number.
   *
   * @throws FunesException UNKNOWN_TOPIC
   */
  public List<TopicPartition> partitions(String topic) {
    int count = admin.describeTopic(topic).topic().partitionCount();
    return IntStream.range(0, count).mapToObj(i -> new TopicPartition(topic, i)).toList();
  }

  /**
   * Reads these partitions from now on and no others. A partition that was not assigned before
   * starts at the stored offset of the group, or else at the start of its log; seek to change it.
   *
   * @throws IllegalStateException when it has subscribed
   */
  public void assign(Collection<TopicPartition> partitions) {
    requireManual("assign()");
    boolean wasBounded = positions.isBounded();
    positions.assign(partitions);
    if (wasBounded) {
      fetcher.restart();
    } else {
      fetcher.reassigned();
    }
  }

  private void requireManual(String what) {
    if (membership != null) {
      throw new IllegalStateException(
          what + " does not go together with subscribe(); unsubscribe() first");
    }
  }

  /** The partitions that are read. */
  public Set<TopicPartition> assignment() {
    return positions.partitions();
  }

  /**
   * Reads on at this offset.
   *
   * @throws IllegalArgumentException when the partition is not assigned, or the offset is negative
   */
  public void seek(TopicPartition partition, long offset) {
    if (offset < 0) {
      throw new IllegalArgumentException("offset: " + offset + " is negative");
    }
    positions.of(partition).moveTo(offset);
    fetcher.moved(partition);
  }

  /** Reads on at the first offsets that are still there. */
  public void seekToBeginning(Collection<TopicPartition> partitions) {
    seekTo(partitions, new LogPosition.Start());
  }

  /** Reads on with what comes after this call. */
  public void seekToEnd(Collection<TopicPartition> partitions) {
    seekTo(partitions, new LogPosition.End());
    positions.resolve(); // Now, not when it is polled.
  }

  /** Reads on at the first record that is not older, in milliseconds since 1970-01-01 UTC. */
  public void seekToTimestamp(Collection<TopicPartition> partitions, long timestampMillis) {
    seekTo(partitions, new LogPosition.Timestamp(timestampMillis));
  }

  private void seekTo(Collection<TopicPartition> partitions, LogPosition place) {
    for (TopicPartition partition : partitions) {
      positions.of(partition).moveTo(new ReadPosition.Unresolved.At(place));
      fetcher.moved(partition);
    }
  }

  /** The offset of the next record that {@link #poll} will return; may ask the cluster. */
  public long position(TopicPartition partition) {
    ReadPosition position = positions.of(partition);
    positions.resolve();
    return position.offset();
  }

  /**
   * Returns the next records as soon as there are some, or none after the timeout, after {@link
   * #wakeup()}, or when {@link #atEnd()}. The records of one partition come in offset order.
   *
   * <p>Of a member of a consumer group it is the call in which everything happens: partitions are
   * taken over and given away, listeners are called, and what earlier polls returned is committed.
   *
   * @throws OffsetOutOfRangeException under {@link OffsetReset#ERROR}; the position stays: seek
   * @throws FunesException MEMBER_KICKED or MEMBER_REPLACED when somebody sent the member away or
   *     took its place for good; else when reading has failed for good, or no node could be reached
   *     for {@link ClientConfig#deliveryTimeout()}
   */
  public List<ConsumedRecord> poll(Duration timeout) {
    List<ConsumedRecord> records = polls.next(membership, timeout);
    return records == null ? List.of() : records;
  }

  /**
   * Hands records to the listener on this thread, until {@link #wakeup()} or {@link #atEnd()}.
   *
   * @throws FunesException as {@link #poll} does
   */
  public void listen(RecordListener listener) {
    while (true) {
      List<ConsumedRecord> records = polls.next(membership, LISTEN_POLL);
      if (records == null) {
        return;
      }
      if (!records.isEmpty()) {
        listener.onRecords(records);
      } else if (atEnd()) {
        return;
      }
    }
  }

  /** Makes the poll under way, or else the next one, return at once. From any thread. */
  public void wakeup() {
    polls.wakeup();
  }

  /**
   * Reads up to where the assigned partitions end now and no further. The next {@link #assign}
   * lifts the bound.
   *
   * @return those ends
   * @throws IllegalStateException when it has subscribed: what it reads may change
   */
  public Map<TopicPartition, Long> stopAtEnd() {
    requireManual("stopAtEnd()");
    Map<TopicPartition, Long> ends = positions.stopAtEnd();
    fetcher.restart();
    return ends;
  }

  /**
   * Reads up to these offsets, exclusive, and no further; {@link #atEnd()} tells when. The next
   * {@link #assign} lifts the bound. Every assigned partition must have one.
   *
   * @throws IllegalArgumentException when one is missing, or belongs to a partition that is not
   *     assigned
   */
  public void stopAt(Map<TopicPartition, Long> offsets) {
    for (TopicPartition partition : positions.partitions()) {
      if (!offsets.containsKey(partition)) {
        throw new IllegalArgumentException("offsets: none is given for " + partition);
      }
    }
    positions.stopAt(offsets);
    fetcher.restart();
  }

  /**
   * From now on returns only the records for which an expression is true (docs/replay.md). The
   * nodes judge them; positions, and with them commits, move past what they do not send. A wrong
   * expression is an INVALID_ARGUMENT of the next {@link #poll}.
   *
   * @param expression empty: all records again
   */
  public void filter(String expression) {
    positions.filter(expression);
    fetcher.restart();
  }

  /**
   * True after {@link #stopAtEnd()} or {@link #stopAt}, when everything up to those ends has been
   * returned.
   */
  public boolean atEnd() {
    return positions.isAtEnd();
  }

  /** Where the assigned partitions start now: the first offset still there. */
  public Map<TopicPartition, Long> startOffsets() {
    return positions.list(new LogPosition.Start());
  }

  /** Where the assigned partitions end now: the next offset to be written. */
  public Map<TopicPartition, Long> endOffsets() {
    return positions.list(new LogPosition.End());
  }

  /**
   * Stores the positions of all assigned partitions for the group: everything that was returned is
   * done. Durable when it returns.
   *
   * @throws CommitFencedException when a partition is not the member's any more
   * @throws FunesException NOT_OWNER after {@link #assign}, when a member of the group holds one
   */
  public void commit() {
    var _ = offsets.groupName();
    if (membership != null) {
      membership.commits().commitEverythingReturned();
    } else {
      positions.resolve();
      offsets.commit(positions.toCommit());
    }
  }

  /**
   * Stores these offsets, each of the next record to read. Durable when it returns.
   *
   * @throws CommitFencedException when a partition is not the member's (any more)
   * @throws FunesException NOT_OWNER after {@link #assign}, when a member of the group holds one
   */
  public void commit(Map<TopicPartition, Long> nextOffsets) {
    var _ = offsets.groupName();
    if (membership != null) {
      membership.commits().commit(nextOffsets);
    } else {
      offsets.commit(nextOffsets);
    }
  }

  /** The stored offsets of the group, in every partition that has one. */
  public Map<TopicPartition, Long> committed() {
    return offsets.committed();
  }

  /**
   * Closes. A member of a consumer group stores what is done as its {@link Delivery} says (what the
   * last poll returned is not known to be done: {@link #commit()} says that it is) and leaves,
   * unless it has an instance id. After {@link #assign} nothing is stored.
   */
  @Override
  public void close() {
    if (polls.isClosed()) {
      return;
    }
    try {
      unsubscribe();
    } finally {
      polls.close();
      fetcher.restart();
      connections.close();
    }
  }

  /** Ends as a killed process does: nothing is stored, and nobody is told. For tests. */
  void abort() {
    polls.close();
    if (membership != null) {
      membership.session().abandon();
    }
    connections.close();
  }
}
