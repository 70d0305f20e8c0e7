package org.apache.ratis.util;

import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a method on a thread of its own whenever it is told to. Stands in for the class of the same
 * name in Apache Ratis, whose {@link #close} waits for that thread. Ratis closes a Raft log while
 * it holds the log's write lock, and what runs here wants the same lock to drop cached entries; so
 * both could wait for each other for ever, and the node would not end. Thread-safe.
 *
 * <p>Signals that come while the method runs count as one; none is lost before {@link #close}.
 */
public class AwaitToRun implements AutoCloseable {

  public static final Logger LOG = LoggerFactory.getLogger(AwaitToRun.class);

  private final String name;
  private final Runnable runMethod;
  private final Semaphore signals = new Semaphore(0);
  private final Thread thread;
  private volatile boolean closed;

  public AwaitToRun(Object namePrefix, Runnable runMethod) {
    this.name = namePrefix + "-" + AwaitToRun.class.getSimpleName();
    this.runMethod = runMethod;
    this.thread = Thread.ofPlatform().daemon().name(name).unstarted(this::runOnEachSignal);
  }

  /** Begins to listen; to be called once. Signals that came before are heard too. */
  public AwaitToRun start() {
    thread.start();
    return this;
  }

  /** Has the method run, soon; returns at once. */
  public void signal() {
    // One is enough, so there are never many.
    if (signals.availablePermits() == 0) {
      signals.release();
    }
  }

  private void runOnEachSignal() {
    while (true) {
      signals.acquireUninterruptibly();
      signals.drainPermits();
      if (closed) {
        return;
      }
      try {
        runMethod.run();
      } catch (RuntimeException | Error e) {
        LOG.error("{}: runMethod failed", name, e);
      }
    }
  }

  /**
   * The method does not begin again. Returns at once: one that runs now may end later, since the
   * caller may hold what it waits for.
   */
  @Override
  public void close() {
    closed = true;
    signals.release();
  }

  @Override
  public String toString() {
    return name;
  }
}
