package dev.funes.client;

import dev.funes.proto.v1.AssignedPartition;
import dev.funes.proto.v1.Assignment;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What a consumer does as a member of a consumer group: it reads what it was given, and nothing
 * else, and lets go of what was revoked after it has stored how far it came.
 *
 * <p>Only the consumer's thread uses it; what the coordinator says is taken from the session when
 * that thread polls.
 */
final class Membership {
  // So long a wakeup may have to wait.
  private static final long UNSURE_WAIT_MILLIS_MAX = 50;

  private final Consumer consumer;
  private final MemberSession session;
  private final OffsetReset offsetReset;
  private final RebalanceListener listener;
  private final ReadPositions positions;
  private final Fetcher fetcher;
  private final GroupCommits commits;
  private @Nullable Assignment unapplied;
  private boolean paused;

  Membership(
      Consumer consumer,
      MemberSession session,
      ClientConfig config,
      GroupOptions options,
      RebalanceListener listener,
      ReadPositions positions,
      Fetcher fetcher) {
    this.consumer = consumer;
    this.session = session;
    this.offsetReset = config.offsetReset();
    this.listener = listener;
    this.positions = positions;
    this.fetcher = fetcher;
    this.commits = new GroupCommits(session, positions, options);
  }

  MemberSession session() {
    return session;
  }

  GroupCommits commits() {
    return commits;
  }

  boolean isPaused() {
    return paused;
  }

  void pollStarts() {
    session.pollStarts();
    commits.everythingReturnedIsDone();
  }

  void pollEnds() {
    session.pollEnds();
  }

  /** The next records, or none when something else has happened or nothing in time. */
  List<ConsumedRecord> next(long waitNanosMax) {
    if (isUnsure(waitNanosMax)) {
      unapplied = null;
      session.check();
      return List.of(); // Others may have what this member holds: nothing of it is returned.
    }
    takeNews();
    commits.commitWhenDue();
    long wait = Math.min(waitNanosMax, commits.nanosUntilDue());
    if (paused) {
      fetcher.pause(wait);
      return List.of();
    }
    List<ConsumedRecord> records = fetcher.next(wait);
    return records.isEmpty() ? records : commits.handOut(records);
  }

  private boolean isUnsure(long waitNanosMax) {
    try {
      long waitMillis = TimeUnit.NANOSECONDS.toMillis(waitNanosMax);
      return session.isUnsure(Math.min(UNSURE_WAIT_MILLIS_MAX, waitMillis));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FunesException(ErrorCode.TIMEOUT, "interrupted while waiting for records", e);
    }
  }

  private void takeNews() {
    if (session.takeRemoved() != null) {
      unapplied = null;
      try {
        lose(positions.partitions());
      } finally {
        session.start(); // As a new member, unless it may not come back.
      }
    }
    session.check();
    Assignment newest = session.takeAssignment();
    if (newest != null) {
      unapplied = newest;
    }
    if (unapplied != null) {
      apply(unapplied); // Again with the next poll, when a listener throws.
      unapplied = null;
    }
  }

  private void apply(Assignment next) {
    Map<TopicPartition, AssignedPartition> assigned = new HashMap<>();
    next.getPartitionsList()
        .forEach(
            each -> assigned.put(new TopicPartition(each.getTopic(), each.getPartition()), each));
    Set<TopicPartition> toRelease = new TreeSet<>();
    next.getRevokedList()
        .forEach(each -> toRelease.add(new TopicPartition(each.getTopic(), each.getPartition())));

    Set<TopicPartition> revoked = new TreeSet<>();
    Set<TopicPartition> lost = new TreeSet<>();
    for (ReadPosition position : positions.all()) {
      AssignedPartition still = assigned.get(position.partition);
      if (still == null) {
        (toRelease.contains(position.partition) ? revoked : lost).add(position.partition);
      } else if (still.getGrantedGeneration() > position.grantedGeneration()) {
        lost.add(position.partition); // It was away meanwhile, and others may have read it.
      }
    }
    lose(lost);
    revoke(revoked, toRelease);
    commits.generation(next.getGeneration());
    paused = next.getPaused();
    assign(assigned);
  }

  private void lose(Set<TopicPartition> partitions) {
    if (!partitions.isEmpty()) {
      stop(partitions);
      listener.onLost(consumer, partitions);
    }
  }

  private void revoke(Set<TopicPartition> partitions, Set<TopicPartition> toRelease) {
    try {
      if (!partitions.isEmpty()) {
        fetcher.leave(partitions);
        commits.commitBeforeRelease();
        listener.onRevoked(consumer, partitions);
      }
    } finally {
      stop(partitions);
      session.release(toRelease);
    }
  }

  private void stop(Collection<TopicPartition> partitions) {
    positions.remove(partitions);
    fetcher.reassigned();
  }

  private void assign(Map<TopicPartition, AssignedPartition> assigned) {
    Set<TopicPartition> added = new TreeSet<>();
    assigned.forEach(
        (partition, grant) -> {
          if (positions.find(partition) == null) {
            positions.add(position(partition, grant));
            added.add(partition);
          }
        });
    if (!added.isEmpty()) {
      commits.somethingMayBeUncommitted();
      fetcher.reassigned();
      callOnAssigned(added);
    }
  }

  private void callOnAssigned(Set<TopicPartition> added) {
    boolean heard = false;
    try {
      listener.onAssigned(consumer, added);
      heard = true;
    } finally {
      if (!heard) {
        stop(added); // It may have meant to seek: nothing is read before it has heard of them.
      }
    }
  }

  private ReadPosition position(TopicPartition partition, AssignedPartition grant) {
    LogPosition place =
        offsetReset == OffsetReset.END ? new LogPosition.End() : new LogPosition.Start();
    ReadPosition position = new ReadPosition(partition, new ReadPosition.Unresolved.At(place));
    position.granted(
        grant.getGrantedGeneration(), grant.hasStoredOffset() ? grant.getStoredOffset() : -1);
    if (grant.hasStoredOffset()) {
      position.moveTo(grant.getStoredOffset());
    }
    return position;
  }

  /** Stores what is done, gives everything back, and leaves the group unless it is static. */
  void close() {
    List<TopicPartition> held = new ArrayList<>(new TreeSet<>(positions.partitions()));
    session.pollStarts(); // It is alive while it waits for its commit.
    try {
      fetcher.leave(held);
      commits.commitBeforeRelease(); // Takes a while when the coordinator is away.
      if (!held.isEmpty() && session.isCertain()) {
        listener.onRevoked(consumer, held);
      } else if (!held.isEmpty()) {
        listener.onLost(consumer, held);
      }
    } finally {
      session.close();
      stop(held);
    }
  }
}
