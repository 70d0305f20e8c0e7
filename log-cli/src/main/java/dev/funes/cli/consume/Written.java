package dev.funes.cli.consume;

import dev.funes.client.CommitFencedException;
import dev.funes.client.ConsumedRecord;
import dev.funes.client.Consumer;
import dev.funes.client.ErrorCode;
import dev.funes.client.FunesException;
import dev.funes.client.RebalanceListener;
import dev.funes.client.TopicPartition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How far the records have been written out, by partition, and what of that is stored for the
 * consumer group. As a listener it stores it before a partition goes to another member.
 */
final class Written implements RebalanceListener {
  private static final long COMMIT_EVERY_NANOS = Duration.ofSeconds(1).toNanos();

  private final Consumer consumer;
  private final boolean commits;
  private final Starting starting;
  // The offset after the last record that was written out.
  private final SortedMap<TopicPartition, Long> next = new TreeMap<>();
  private boolean uncommitted;
  private long lastCommitNanos = System.nanoTime();

  /**
   * @param starting where partitions begin that are given without a stored offset
   */
  Written(Consumer consumer, boolean commits, Starting starting) {
    this.consumer = consumer;
    this.commits = commits;
    this.starting = starting;
  }

  /** The record has been written, and will have left the process when commits are next due. */
  void wrote(ConsumedRecord last) {
    next.put(last.topicPartition(), last.offset() + 1);
    uncommitted = true;
  }

  SortedMap<TopicPartition, Long> offsets() {
    return Collections.unmodifiableSortedMap(next);
  }

  /**
   * Everything up to the end has been written: what a filter held back counts as read. A position
   * beyond the end says nothing, for what lies there was not written.
   */
  void reachedPositions(Until until) {
    for (TopicPartition partition : consumer.assignment()) {
      long position = consumer.position(partition);
      Long before = next.get(partition);
      if (position <= until.end(partition) && (before == null || before < position)) {
        next.put(partition, position);
        uncommitted = true;
      }
    }
  }

  /** When it is time; a coordinator that is away for the moment is waited for by the next call. */
  void commitWhenDue(boolean idle) {
    if (idle || System.nanoTime() - lastCommitNanos >= COMMIT_EVERY_NANOS) {
      try {
        commit();
      } catch (CommitFencedException e) {
        uncommitted = true; // A partition has gone: the news of it comes with the next poll.
      } catch (FunesException e) {
        if (e.code() != ErrorCode.TIMEOUT) {
          throw e;
        }
        uncommitted = true;
      }
    }
  }

  void commit() {
    lastCommitNanos = System.nanoTime();
    if (commits && uncommitted) {
      uncommitted = false;
      consumer.commit(next);
    }
  }

  @Override
  public void onAssigned(Consumer of, Collection<TopicPartition> partitions) {
    List<TopicPartition> moved = starting.seekWithoutStored(new ArrayList<>(partitions));
    for (TopicPartition partition : moved) {
      // So that what comes from now on is not passed over when this ends before it has seen any.
      next.put(partition, of.position(partition));
      uncommitted = true;
    }
  }

  @Override
  public void onRevoked(Consumer of, Collection<TopicPartition> partitions) {
    try {
      commit();
    } catch (CommitFencedException e) {
      uncommitted = true; // Whoever reads on reads a little again.
    }
    next.keySet().removeAll(partitions);
  }

  @Override
  public void onLost(Consumer of, Collection<TopicPartition> partitions) {
    next.keySet().removeAll(partitions);
  }
}
