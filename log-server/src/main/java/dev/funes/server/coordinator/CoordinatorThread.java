package dev.funes.server.coordinator;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one thread of a node on which consumer groups are coordinated. Any thread may call. */
final class CoordinatorThread implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CoordinatorThread.class);

  private final ScheduledExecutorService executor =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("funes-coordinator").daemon().factory());

  /** Behind everything that was handed in before; false when the node closes. */
  boolean execute(Runnable task) {
    try {
      executor.execute(safe(task));
      return true;
    } catch (RejectedExecutionException e) {
      return false;
    }
  }

  void later(long millis, Runnable task) {
    try {
      var _ = executor.schedule(safe(task), millis, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      LOG.debug("the coordinator is closed", e);
    }
  }

  void every(long millis, Runnable task) {
    var _ = executor.scheduleWithFixedDelay(safe(task), millis, millis, TimeUnit.MILLISECONDS);
  }

  /** On this thread, whichever one completes the future; null when it fails. */
  <T> void whenDone(CompletableFuture<T> future, Consumer<@Nullable T> then) {
    var _ = future.whenComplete((value, _) -> execute(() -> then.accept(value)));
  }

  /** Does what was handed in, and nothing more. */
  @Override
  public void close() {
    executor.shutdown();
    try {
      if (!executor.awaitTermination(1, TimeUnit.SECONDS)) {
        executor.shutdownNow();
      }
    } catch (InterruptedException e) {
      executor.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }

  /** An exception would end a repeated task without a word. */
  private static Runnable safe(Runnable task) {
    return () -> {
      try {
        task.run();
      } catch (RuntimeException e) {
        LOG.error("the coordinator failed at something; it goes on with the rest", e);
      }
    };
  }
}
