package dev.funes.replication;

import dev.funes.raft.TermIndexed;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * How far the Raft log may be purged: up to a checkpoint that is old enough, so that a node that
 * was away for a while still catches up from the Raft log, or that is far enough behind, so that
 * the Raft log fills neither the disk nor the heap. On a disk that is short of room only what
 * followers that are there may still ask for is kept. Thread-safe.
 */
final class RaftLogKeeping {

  /**
   * What an entry counts for beside its bytes: a small one takes as long to be applied again as
   * some kilobytes of a large one.
   */
  static final long ENTRY_BYTES = 8 << 10;

  /**
   * As long as the Raft log has an entry, Ratis has its term, its index and its place on the heap:
   * 260 bytes, so 8 MiB for a raft group. The next checkpoint comes after as many at the latest.
   */
  static final long ENTRIES_MAX = 32_768;

  private static final long SHORT_MILLIS = 30_000;
  private static final long SHORT_BYTES = 16L << 20;

  private record Durable(TermIndexed at, long timeMillis, long appliedBytes) {}

  private final long keepMillis;
  private final long keepBytes;
  private final Deque<Durable> checkpoints = new ArrayDeque<>(); // oldest first
  private TermIndexed bound = TermIndexed.NONE; // Invariant: never goes back.

  RaftLogKeeping(long keepMillis, long keepBytes) {
    this.keepMillis = keepMillis;
    this.keepBytes = keepBytes;
  }

  /** A checkpoint is durable; {@code appliedBytes} were applied up to it since the node started. */
  synchronized void add(TermIndexed at, long timeMillis, long appliedBytes) {
    checkpoints.addLast(new Durable(at, timeMillis, appliedBytes));
  }

  /** The newest checkpoint that bounds the purge; {@link TermIndexed#NONE} when there is none. */
  synchronized TermIndexed purgeBound(long nowMillis, long appliedIndex, long appliedBytes) {
    return purgeBound(nowMillis, appliedIndex, appliedBytes, false);
  }

  /** The same, when the disk may be short of room. */
  synchronized TermIndexed purgeBound(
      long nowMillis, long appliedIndex, long appliedBytes, boolean diskIsShort) {
    long millis = diskIsShort ? Math.min(keepMillis, SHORT_MILLIS) : keepMillis;
    long bytes = diskIsShort ? Math.min(keepBytes, SHORT_BYTES) : keepBytes;
    while (!checkpoints.isEmpty()) {
      Durable oldest = checkpoints.getFirst();
      if (nowMillis - oldest.timeMillis < millis
          && appliedBytes - oldest.appliedBytes < bytes
          && appliedIndex - oldest.at.index() < ENTRIES_MAX) {
        break;
      }
      bound = checkpoints.removeFirst().at;
    }
    return bound;
  }
}
