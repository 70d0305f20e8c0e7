package dev.funes.replication;

import dev.funes.cluster.NodeId;
import dev.funes.cluster.RaftGroupId;
import dev.funes.raft.TermIndexed;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies checkpoints of one raft group from its leader, one after the other, each on a thread of
 * its own. What is here already of one that did not come to its end is not copied again.
 */
final class CheckpointCopies implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(CheckpointCopies.class);
  private static final long RETRY_MILLIS = 500;
  private static final long RETRY_MILLIS_MAX = 15_000;

  /** Makes one copy. */
  @FunctionalInterface
  interface Job {
    /** Null when the node has nothing that would help. */
    @Nullable TermIndexed copy(RemoteCheckpoints remote, Running running) throws IOException;
  }

  /** One copy that is under way. */
  static final class Running {
    private final NodeId from;
    private final Throttle throttle;
    private final BooleanSupplier diskIsShort;
    private final CompletableFuture<@Nullable TermIndexed> done = new CompletableFuture<>();
    private final AtomicLong doneBytes = new AtomicLong();
    private volatile long totalBytes;
    private volatile boolean cancelled;

    Running(NodeId from, Throttle throttle, BooleanSupplier diskIsShort) {
      this.from = from;
      this.diskIsShort = diskIsShort;
      this.throttle = throttle;
    }

    NodeId from() {
      return from;
    }

    void total(long bytes) {
      totalBytes = bytes;
    }

    /** Is here, wherever it came from; negative for what turned out to be damaged. */
    void have(long bytes) {
      doneBytes.addAndGet(bytes);
    }

    /** Before bytes from the other node are written. */
    void receive(int bytes) throws IOException {
      requireGoingOn();
      if (diskIsShort.getAsBoolean()) {
        throw new IOException("the disk of this node is below its reserve");
      }
      throttle.take(bytes);
      have(bytes);
    }

    void requireGoingOn() throws IOException {
      if (cancelled) {
        throw new IOException("node " + from + " does not lead any more, or this node stops");
      }
    }
  }

  private final RaftGroupId group;
  private final CatchUp catchUp;
  private @Nullable Running running; // guarded by this, as all below
  private @Nullable Thread thread;
  private int failures;
  private boolean closed;

  CheckpointCopies(RaftGroupId group, CatchUp catchUp) {
    this.group = group;
    this.catchUp = catchUp;
  }

  /**
   * Begins a copy; one that is still under way is given up. The future is completed by the thread
   * of the copy, or at once when it is given up.
   */
  synchronized CompletableFuture<@Nullable TermIndexed> start(NodeId from, Job job) {
    giveUp("a newer copy begins");
    if (closed) {
      return CompletableFuture.failedFuture(new IOException("this node stops"));
    }
    Running next = new Running(from, catchUp.throttle(), catchUp.diskIsShort());
    Thread former = thread;
    running = next;
    thread =
        Thread.ofPlatform()
            .daemon()
            .name("funes-catch-up-" + group)
            .start(() -> run(next, job, former));
    return next.done;
  }

  /** A copy from another node than this is of no use to Ratis any more. */
  synchronized void leaderIs(NodeId leader) {
    Running now = running;
    if (now != null && !now.from.equals(leader)) {
      giveUp("node " + now.from + " does not lead any more");
    }
  }

  /** Null when nothing is copied. */
  synchronized @Nullable CopyProgress progress() {
    Running now = running;
    return now == null ? null : new CopyProgress(now.from, now.doneBytes.get(), now.totalBytes);
  }

  /** Waits for the thread, so that nothing is written any more. */
  @Override
  public void close() {
    Thread last;
    synchronized (this) {
      closed = true;
      giveUp("this node stops");
      last = thread;
    }
    join(last);
  }

  private void giveUp(String why) {
    Running now = running;
    if (now != null) {
      running = null;
      now.cancelled = true;
      if (thread != null) {
        thread.interrupt();
      }
      // Not with our lock held by who hangs on it: Ratis only notes it.
      now.done.completeExceptionally(new IOException(why));
    }
  }

  private void run(Running now, Job job, @Nullable Thread former) {
    join(former);
    try {
      LOG.info("raft group {}: copying a checkpoint from node {}", group, now.from);
      now.requireGoingOn();
      TermIndexed copied = job.copy(catchUp.remote(), now);
      LOG.info(
          "raft group {}: {}",
          group,
          copied == null
              ? "node " + now.from + " has no checkpoint that would help"
              : "copied the checkpoint of index " + copied.index() + " from node " + now.from);
      ended(now, true);
      now.done.complete(copied);
    } catch (IOException | RuntimeException e) {
      failed(now, e);
    } catch (Error e) {
      ended(now, false);
      now.done.completeExceptionally(e);
      throw e;
    }
  }

  /** The leader asks again at once, so the answer waits a little, and longer each time. */
  private void failed(Running now, Exception failure) {
    if (failure instanceof ForceFailedException) {
      catchUp.fatal().fatal("raft group " + group + ": " + failure.getMessage(), failure);
    } else if (!now.cancelled) {
      LOG.warn(
          "raft group {}: the copy of a checkpoint from node {} stopped and will go on: {}",
          group,
          now.from,
          failure.toString());
      try {
        Thread.sleep(retryMillis());
      } catch (InterruptedException e) {
        LOG.debug("the wait ends early", e);
      }
    }
    ended(now, false);
    now.done.completeExceptionally(failure);
  }

  private synchronized long retryMillis() {
    return Math.min(RETRY_MILLIS << Math.min(failures++, 10), RETRY_MILLIS_MAX);
  }

  private synchronized void ended(Running now, boolean well) {
    if (well) {
      failures = 0;
    }
    if (now.equals(running)) {
      running = null;
    }
  }

  private static void join(@Nullable Thread thread) {
    boolean interrupted = false;
    while (thread != null && thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
