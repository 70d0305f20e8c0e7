package dev.funes.replication;

import dev.funes.raft.FatalErrors;
import dev.funes.state.StateClosedException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread of a node for what is done beside the stream of records: reconciling, retention,
 * expiry. Nothing on it may wait for a raft group.
 */
final class Upkeep {

  private static final Logger LOG = LoggerFactory.getLogger(Upkeep.class);

  private Upkeep() {}

  static ScheduledExecutorService start(String name) {
    return Executors.newSingleThreadScheduledExecutor(
        Thread.ofPlatform().daemon().name("funes-upkeep-" + name).factory());
  }

  /** Runs a task soon; not at all when the node closes. */
  static void execute(ScheduledExecutorService upkeep, Runnable task) {
    try {
      upkeep.execute(safe(task));
    } catch (RejectedExecutionException e) {
      LOG.debug("upkeep is closed", e);
    }
  }

  static Future<?> every(ScheduledExecutorService upkeep, long millis, Runnable task) {
    return upkeep.scheduleWithFixedDelay(safe(task), millis, millis, TimeUnit.MILLISECONDS);
  }

  /** An exception would end a repeated task without a word. */
  private static Runnable safe(Runnable task) {
    return () -> {
      try {
        task.run();
      } catch (StateClosedException e) {
        LOG.debug("a state is just replaced, or the node closes", e);
      } catch (RuntimeException e) {
        LOG.error("upkeep failed; it goes on with the next round", e);
      } catch (Error e) {
        FatalErrors.raise(e); // The executor would keep it to itself.
        throw e;
      }
    };
  }
}
