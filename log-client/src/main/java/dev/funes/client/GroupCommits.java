package dev.funes.client;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * When and what a member commits. One commit is under way at a time, so that a late one never
 * overtakes another.
 *
 * <p>Only the consumer's thread uses it.
 */
final class GroupCommits {
  private static final Logger LOG = LoggerFactory.getLogger(GroupCommits.class);

  /** With the positions as they were: a partition that was given anew has another. */
  private record UnderWay(CompletableFuture<Void> done, Map<ReadPosition, Long> offsets) {}

  private final MemberSession session;
  private final ReadPositions positions;
  private final Delivery delivery;
  private final long intervalNanos;
  private @Nullable UnderWay underWay;
  private @Nullable ReadPosition lastReturned;
  // Something may be uncommitted; to look costs time for each partition.
  private boolean mayHaveWork;
  private long lastCommitNanos = System.nanoTime();
  private long generation;

  GroupCommits(MemberSession session, ReadPositions positions, GroupOptions options) {
    this.session = session;
    this.positions = positions;
    this.delivery = options.delivery();
    this.intervalNanos = options.commitInterval().toNanos();
  }

  /** Of the newest assignment that has been carried out; commits are made in it. */
  void generation(long newest) {
    generation = newest;
  }

  long generation() {
    return generation;
  }

  void somethingMayBeUncommitted() {
    mayHaveWork = true;
  }

  /** What is about to be returned; nothing when it could not be committed before. */
  List<ConsumedRecord> handOut(List<ConsumedRecord> records) {
    ReadPosition position = positions.of(records.getFirst().topicPartition());
    long first = records.getFirst().offset();
    if (delivery == Delivery.AT_MOST_ONCE) {
      return commitBefore(position, first) ? records : List.of();
    }
    position.handOut(first);
    lastReturned = position;
    mayHaveWork = true;
    return records;
  }

  private boolean commitBefore(ReadPosition position, long first) {
    try {
      commitAndWait(List.of(position.toCommit()));
      return true;
    } catch (CommitFencedException e) {
      return false; // They are another member's; the news of it will come.
    } catch (FunesException e) {
      position.moveTo(first); // Not returned, so not lost.
      throw e;
    }
  }

  /** The next poll has begun. */
  void everythingReturnedIsDone() {
    if (lastReturned != null) {
      lastReturned.settle();
      lastReturned = null;
    }
  }

  /** Within a poll, before it returns anything: everything that was returned is done. */
  void commitWhenDue() {
    takeAnswer();
    if (nanosUntilDue() > 0) {
      return;
    }
    List<CommittedOffset> offsets = uncommitted();
    mayHaveWork = false;
    if (!offsets.isEmpty()) {
      mayHaveWork = true; // Until it is known to be stored.
      begin(offsets);
    }
  }

  /** How long until {@link #commitWhenDue()} has something to do. */
  long nanosUntilDue() {
    if (delivery != Delivery.AT_LEAST_ONCE || !mayHaveWork || underWay != null) {
      return Long.MAX_VALUE;
    }
    return Math.max(0, lastCommitNanos + intervalNanos - System.nanoTime());
  }

  private List<CommittedOffset> uncommitted() {
    List<CommittedOffset> offsets = new ArrayList<>();
    for (ReadPosition position : positions.all()) {
      if (position.isUncommitted()) {
        offsets.add(position.toCommit());
      }
    }
    return offsets;
  }

  private void begin(Collection<CommittedOffset> offsets) {
    lastCommitNanos = System.nanoTime();
    Map<ReadPosition, Long> stored = new HashMap<>();
    for (CommittedOffset offset : offsets) {
      ReadPosition position = positions.find(offset.partition());
      if (position != null) {
        stored.put(position, offset.offset());
      }
    }
    underWay = new UnderWay(session.commit(generation, offsets), stored);
  }

  /** Takes note of a commit that has been answered; a failure is left to the next one. */
  private void takeAnswer() {
    UnderWay answered = underWay;
    if (answered == null || !answered.done.isDone()) {
      return;
    }
    underWay = null;
    try {
      answered.done.join();
      answered.offsets.forEach(ReadPosition::committed);
    } catch (CompletionException e) {
      if (e.getCause() instanceof FunesException failure && isForGood(failure)) {
        throw failure.rethrowable();
      }
      LOG.debug("offsets were not stored and will be tried again: {}", e.getMessage());
    }
  }

  private static boolean isForGood(FunesException failure) {
    return !(failure instanceof CommitFencedException)
        && failure.code() != ErrorCode.TIMEOUT
        && failure.code() != ErrorCode.CLOSED;
  }

  /** Stores what is done, as long as that is the member's: what fails is read again by others. */
  void commitBeforeRelease() {
    if (delivery != Delivery.AT_LEAST_ONCE) {
      return;
    }
    try {
      awaitUnderWay();
      List<CommittedOffset> offsets = uncommitted();
      if (!offsets.isEmpty()) {
        commitAndWait(offsets);
      }
    } catch (FunesException e) {
      LOG.warn("offsets could not be stored before partitions are given away: {}", e.getMessage());
    }
  }

  /** Stores these, made in the generation of now. Durable when it returns. */
  void commitAndWait(Collection<CommittedOffset> offsets) {
    awaitUnderWay();
    begin(offsets);
    UnderWay mine = underWay;
    if (mine != null) {
      try {
        mine.done.get();
        mine.offsets.forEach(ReadPosition::committed);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new FunesException(ErrorCode.TIMEOUT, "interrupted while committing", e);
      } catch (ExecutionException e) {
        throw e.getCause() instanceof FunesException failure
            ? failure.rethrowable()
            : new FunesException(ErrorCode.INTERNAL, "a commit has failed", e.getCause());
      } finally {
        underWay = null;
      }
    }
  }

  private void awaitUnderWay() {
    if (underWay != null) {
      var _ = underWay.done.handle((_, _) -> true).join(); // Bounded by the request timeout.
      takeAnswer();
    }
  }

  /** The caller says that everything that was returned is done. */
  void commitEverythingReturned() {
    everythingReturnedIsDone();
    List<CommittedOffset> offsets = new ArrayList<>();
    for (ReadPosition position : positions.all()) {
      if (position.isResolved()) {
        offsets.add(position.toCommit());
      }
    }
    if (!offsets.isEmpty()) {
      commitAndWait(offsets);
    }
  }

  /** The caller says how far it is. */
  void commit(Map<TopicPartition, Long> offsets) {
    List<CommittedOffset> list = new ArrayList<>();
    offsets.forEach((partition, offset) -> list.add(CommittedOffset.of(partition, offset)));
    if (list.isEmpty()) {
      return;
    }
    commitAndWait(list);
    offsets.forEach(
        (partition, offset) -> {
          ReadPosition position = positions.find(partition);
          if (position != null) {
            position.settle(offset);
          }
        });
  }
}
