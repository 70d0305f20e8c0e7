package dev.funes.client;

import dev.funes.proto.v1.Assignment;
import dev.funes.proto.v1.Heartbeat;
import dev.funes.proto.v1.JoinGroup;
import dev.funes.proto.v1.Joined;
import dev.funes.proto.v1.LeaveGroup;
import dev.funes.proto.v1.MemberCommit;
import dev.funes.proto.v1.MemberRequest;
import dev.funes.proto.v1.MemberResponse;
import dev.funes.proto.v1.ReleasePartitions;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One membership of a consumer group: a stream to the coordinator, found and opened again whenever
 * it breaks, with heartbeats on the network's timer.
 *
 * <p>Thread-safe. What the coordinator says waits here until the consumer's thread takes it.
 */
final class MemberSession implements MemberStream.Events {
  private static final long TICK_MILLIS = 500; // before the coordinator says how often

  // A member that goes unheard keeps its partitions from the others until its session ends.
  private static final long LEAVE_MILLIS_MAX = 5_000;

  private final Connections connections;
  private final GroupOptions options;
  private final Runnable changed;
  private final ScheduledExecutorService timer;
  private final MemberCommits commits;
  private final CountDownLatch left = new CountDownLatch(1);

  // All below: guarded by this.
  private final CoordinatorRoute route;
  private final MemberPulse pulse;
  private JoinGroup join;
  private String memberId = "";
  private @Nullable MemberStream stream;
  private boolean joined; // on this stream
  // On this stream, and not granted again since: saying it twice could give away a later grant.
  private final Set<TopicPartition> released = new HashSet<>();
  private @Nullable Assignment untaken;
  private @Nullable Failure removed; // not taken yet
  private @Nullable Failure gone; // until it has joined again
  private @Nullable Failure failed; // for good
  private long heartbeatMillis = TICK_MILLIS;
  private boolean started;
  private boolean closed;

  /**
   * @param join the subscription, without a member id
   * @param changed is called, on any thread, when there is something to take
   */
  MemberSession(
      Connections connections,
      ClientConfig config,
      GroupOptions options,
      JoinGroup join,
      Runnable changed) {
    this.connections = connections;
    this.options = options;
    this.join = join;
    this.changed = changed;
    this.timer = connections.timer();
    this.route = new CoordinatorRoute(connections, config.deliveryTimeout());
    this.pulse = new MemberPulse(options, config.requestTimeout().toMillis());
    this.commits = new MemberCommits(timer, config.requestTimeout().toMillis(), this::sendCommit);
  }

  /** Joins, or joins again as a new member after the session had ended. */
  synchronized void start() {
    if (!started) {
      started = true;
      tickIn(TICK_MILLIS);
    }
    open();
  }

  /** Tells the coordinator what is wanted from now on. */
  synchronized void resubscribe(JoinGroup other) {
    join = other;
    if (stream != null && joined) {
      stream.send(joinRequest());
    } else if (stream != null) {
      // The first join is under way with the old subscription.
      stream.cancel();
      stream = null;
      open();
    }
  }

  private MemberRequest joinRequest() {
    return MemberRequest.newBuilder().setJoin(join.toBuilder().setMemberId(memberId)).build();
  }

  private synchronized void open() {
    if (closed || failed != null || removed != null || stream != null) {
      return;
    }
    if (pulse.isStuck()) {
      return; // Nobody would read; the next poll opens it.
    }
    ServerAddress address = route.next();
    pulse.opened();
    joined = false;
    MemberStream opened;
    try {
      opened = new MemberStream(address, connections.channel(address), this);
    } catch (FunesException e) {
      return; // The client is closed.
    }
    stream = opened;
    opened.start(joinRequest());
  }

  // What the consumer's thread asks for and says.

  /** The newest assignment that was not taken yet. */
  synchronized @Nullable Assignment takeAssignment() {
    Assignment taken = untaken;
    untaken = null;
    return taken;
  }

  /** False when others may have what this member holds, as far as it knows. */
  synchronized boolean isCertain() {
    return stream != null && joined && gone == null && removed == null && !pulse.isUnsure();
  }

  /** Why it is no member any more; then {@link #start()} joins again. */
  synchronized @Nullable Failure takeRemoved() {
    Failure taken = removed;
    removed = null;
    return taken;
  }

  /**
   * @throws FunesException when it cannot be a member, or no coordinator was found for the delivery
   *     timeout
   */
  synchronized void check() {
    if (failed != null) {
      throw failed.exception();
    }
    route.check(join.getGroup());
  }

  synchronized String memberId() {
    return memberId;
  }

  /** The consumer's thread is in a poll: it is alive. */
  synchronized void pollStarts() {
    if (pulse.pollStarts(joined)) {
      route.lookAgain();
      open();
      heartbeat();
    }
  }

  synchronized void pollEnds() {
    pulse.pollEnds();
  }

  /**
   * True when the process stood still for so long that others may have what it holds; waits a
   * little for the coordinator to say whether they do.
   */
  synchronized boolean isUnsure(long waitMillisMax) throws InterruptedException {
    if (pulse.doubt(joined)) {
      heartbeat();
    }
    long deadlineNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(waitMillisMax);
    while (pulse.isUnsure() && removed == null && failed == null) {
      long left = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
      if (left <= 0) {
        return true;
      }
      wait(left);
    }
    return false;
  }

  /** These are not read any more. */
  synchronized void release(Collection<TopicPartition> partitions) {
    if (stream == null || !joined) {
      return; // The next stream will bring them up again.
    }
    ReleasePartitions.Builder release = ReleasePartitions.newBuilder();
    for (TopicPartition partition : partitions) {
      if (released.add(partition)) {
        release
            .addPartitionsBuilder()
            .setTopic(partition.topic())
            .setPartition(partition.partition());
      }
    }
    if (release.getPartitionsCount() > 0) {
      stream.send(MemberRequest.newBuilder().setRelease(release).build());
    }
  }

  /** Fails with a {@link FunesException}; at once when it is no member any more. */
  CompletableFuture<Void> commit(long generation, Collection<CommittedOffset> offsets) {
    Failure sentAway;
    synchronized (this) {
      sentAway = gone;
    }
    return sentAway == null
        ? commits.add(generation, offsets)
        : CompletableFuture.failedFuture(new CommitFencedException(sentAway));
  }

  private synchronized void sendCommit(MemberCommit commit) {
    if (stream != null && joined) {
      stream.send(MemberRequest.newBuilder().setCommit(commit).build());
    }
  }

  /** Leaves the group, unless the member is static, and waits for the answer, but not for long. */
  void close() {
    synchronized (this) {
      closed = true;
      if (stream == null || !joined || options.isStatic()) {
        left.countDown();
      } else {
        stream.send(MemberRequest.newBuilder().setLeave(LeaveGroup.getDefaultInstance()).build());
      }
    }
    try {
      var _ = left.await(LEAVE_MILLIS_MAX, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    abandon();
  }

  /** Ends without a word. */
  void abandon() {
    synchronized (this) {
      closed = true;
      if (stream != null) {
        stream.cancel();
        stream = null;
      }
    }
    commits.failAll(closedFailure());
  }

  private static Failure closedFailure() {
    return new Failure(
        ErrorCode.CLOSED, "the consumer is closed", "", 0, false, true, 0, null, null);
  }

  // What the timer and the network say.

  private void tickIn(long millis) {
    var _ = timer.schedule(this::tick, millis, TimeUnit.MILLISECONDS);
  }

  private synchronized void tick() {
    if (closed) {
      return;
    }
    MemberStream current = stream;
    if (current != null && !pulse.isStuck()) {
      var _ = pulse.doubt(joined);
      if (pulse.isSilent(joined, heartbeatMillis)) {
        current.cancel();
        trouble(current, Failure.lost(current.address + " is silent"));
      } else {
        heartbeat();
      }
    }
    tickIn(heartbeatMillis);
  }

  private void heartbeat() {
    if (stream != null && joined) {
      pulse.sent();
      stream.send(MemberRequest.newBuilder().setHeartbeat(Heartbeat.getDefaultInstance()).build());
    }
  }

  @Override
  public void responded(MemberStream from, MemberResponse response) {
    synchronized (this) {
      if (from != stream) {
        return;
      }
      pulse.heard();
      switch (response.getResponseCase()) {
        case JOINED -> joined(from, response.getJoined());
        case ASSIGNMENT -> assigned(response.getAssignment());
        case REMOVED -> removed(Failure.of(response.getRemoved().getError()));
        case HEARTBEAT -> pulse.answered();
        // Commits are looked at without the lock; a newer node's words are not understood.
        case COMMITTED, RESPONSE_NOT_SET -> {}
      }
      notifyAll(); // Whoever is unsure may be sure now.
    }
    switch (response.getResponseCase()) {
      case ASSIGNMENT, REMOVED -> changed.run();
      case COMMITTED -> commits.answered(response.getCommitted());
      case JOINED, HEARTBEAT, RESPONSE_NOT_SET -> {}
    }
  }

  private void joined(MemberStream from, Joined answer) {
    route.found(from.address);
    memberId = answer.getMemberId();
    heartbeatMillis = Math.max(1, answer.getHeartbeatMillis());
    joined = true;
    pulse.joined();
    gone = null;
    released.clear();
    // With the lock: a newer commit must not overtake the ones before it.
    commits.sendAgain();
  }

  private void assigned(Assignment assignment) {
    untaken = assignment;
    Set<TopicPartition> revoked = new HashSet<>();
    assignment
        .getRevokedList()
        .forEach(each -> revoked.add(new TopicPartition(each.getTopic(), each.getPartition())));
    released.retainAll(revoked);
  }

  /** The coordinator has sent the member away. */
  private void removed(Failure failure) {
    MemberStream current = stream;
    stream = null;
    joined = false;
    memberId = "";
    untaken = null;
    removed = failure;
    gone = failure;
    if (failure.code() != ErrorCode.UNKNOWN_MEMBER) {
      failed = failure;
    }
    if (current != null) {
      current.cancel();
    }
    timer.execute(() -> commits.failAll(failure)); // Not with the lock.
  }

  @Override
  public void ended(MemberStream from, @Nullable Failure failure) {
    synchronized (this) {
      if (from != stream) {
        return;
      }
      if (closed) {
        stream = null;
        left.countDown();
        return;
      }
      trouble(
          from, failure != null ? failure : Failure.lost(from.address + " has ended the stream"));
    }
    changed.run();
  }

  private void trouble(MemberStream from, Failure failure) {
    stream = null;
    joined = false;
    untaken = null; // The next stream brings a newer one.
    if (failure.code() == ErrorCode.UNKNOWN_MEMBER
        || failure.code() == ErrorCode.MEMBER_KICKED
        || failure.code() == ErrorCode.MEMBER_REPLACED) {
      removed(failure);
      return;
    }
    if (!failure.isTransient()) {
      failed = failure;
      return;
    }
    long pauseMillis = route.failed(from.address, failure);
    var _ = timer.schedule(this::open, pauseMillis, TimeUnit.MILLISECONDS);
  }
}
