package dev.funes.client;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The appends of a producer that are one batch each, apart from those that it gathers: under their
 * own producer id, numbered in each partition, and one at a time in each.
 *
 * <p>Thread-safe. A partition that has something to do has a virtual thread, which asks, waits and
 * asks again.
 */
final class AtomicAppends {
  private static final int PERMIT_BYTES = 1 << 10;

  private final ClientConfig config;
  private final AppendCalls calls;
  private final Semaphore room; // in units of PERMIT_BYTES
  private final int roomPermits;
  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("funes-append-", 0).factory());
  private final Set<AtomicAppend> open = ConcurrentHashMap.newKeySet();
  private final Map<TopicPartition, Lane> lanes = new HashMap<>(); // guarded by itself
  private volatile boolean closed;

  /** The appends of one partition, in the order of their calls. Guarded by the map of lanes. */
  private static final class Lane {
    final ArrayDeque<AtomicAppend> waiting = new ArrayDeque<>();
    final AppendSequence sequence = new AppendSequence(); // the thread's own
    boolean running;
  }

  AtomicAppends(ClientConfig config, AppendCalls calls) {
    this.config = config;
    this.calls = calls;
    this.roomPermits =
        (int)
            Math.min(
                Integer.MAX_VALUE,
                Math.max(config.bufferBytes(), AtomicAppend.BATCH_BYTES_MAX) / PERMIT_BYTES);
    this.room = new Semaphore(roomPermits, true);
  }

  /** Blocks while there is no room for more; throws FunesException when that takes too long. */
  CompletableFuture<RecordPosition> add(AtomicAppend append) {
    int permits = Math.min(roomPermits, append.sizeBytes() / PERMIT_BYTES + 1);
    takeRoom(permits);
    CompletableFuture<RecordPosition> future = append.future();
    open.add(append);
    var _ =
        future.whenComplete(
            (position, failure) -> {
              room.release(permits); // First: what depends on the future may want to append.
              open.remove(append);
            });
    synchronized (lanes) {
      if (!closed) {
        Lane lane = lanes.computeIfAbsent(append.partition, added -> new Lane());
        lane.waiting.add(append);
        if (!lane.running) {
          lane.running = true;
          threads.execute(() -> run(lane));
        }
        return future;
      }
    }
    append.fail(closed());
    return future;
  }

  private void takeRoom(int permits) {
    try {
      if (room.tryAcquire(permits, config.maxBlock().toMillis(), TimeUnit.MILLISECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FunesException(ErrorCode.TIMEOUT, "interrupted while waiting for room", e);
    }
    throw new FunesException(
        ErrorCode.TIMEOUT,
        "no room in the buffer of %d bytes within %d ms (maxBlock)"
            .formatted(config.bufferBytes(), config.maxBlock().toMillis()));
  }

  private void run(Lane lane) {
    while (true) {
      AtomicAppend next;
      synchronized (lanes) {
        next = lane.waiting.poll();
        if (next == null) {
          lane.running = false;
          return;
        }
      }
      append(lane.sequence, next);
    }
  }

  private void append(AppendSequence sequence, AtomicAppend append) {
    try {
      append.succeed(calls.append(append, sequence, () -> closed));
    } catch (FunesException e) {
      append.fail(closed ? closed() : e);
    } catch (RuntimeException e) {
      append.fail(new FunesException(ErrorCode.INTERNAL, "the producer has failed: " + e, e));
    }
  }

  private static FunesException closed() {
    return new FunesException(ErrorCode.CLOSED, "the producer was closed");
  }

  /** Completes, never with a failure, when all that was added by now has completed or failed. */
  CompletableFuture<@Nullable Void> settled() {
    return CompletableFuture.allOf(
            open.stream().map(AtomicAppend::future).toArray(CompletableFuture<?>[]::new))
        .handle((done, failure) -> null);
  }

  /** Fails what has not completed. */
  void close(Duration timeout) {
    synchronized (lanes) {
      closed = true;
    }
    threads.shutdownNow();
    try {
      var _ = threads.awaitTermination(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
