package dev.funes.chaos.workload;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One process of the workload: a thread that goes on until it is told to stop. */
abstract class Client {
  private static final Logger LOG = LoggerFactory.getLogger(Client.class);

  private final Thread thread;
  private volatile boolean stopped;

  Client(String name) {
    thread = new Thread(this::guarded, name);
    thread.setDaemon(true);
  }

  final String name() {
    return thread.getName();
  }

  final void start() {
    thread.start();
  }

  final boolean isStopped() {
    return stopped;
  }

  /** Asks it to stop; {@link #await} waits until it has. */
  final void stop() {
    stopped = true;
  }

  /** Waits for its end. False: it goes on after that time. */
  final boolean await(long millis) throws InterruptedException {
    thread.join(Math.max(1, millis));
    return !thread.isAlive();
  }

  private void guarded() {
    try {
      run();
    } catch (RuntimeException | InterruptedException e) {
      LOG.error("{} of the workload has ended", name(), e);
      failed(e);
    }
  }

  /** Works until it is stopped. */
  abstract void run() throws InterruptedException;

  /** It ended although nobody had told it to. */
  abstract void failed(Exception why);
}
