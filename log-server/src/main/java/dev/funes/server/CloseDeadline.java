package dev.funes.server;

import static java.util.concurrent.TimeUnit.SECONDS;

import dev.funes.raft.FatalHandler;
import java.util.concurrent.CountDownLatch;

/** Says so when something is not closed in time: a stop that hangs would hang for ever. */
final class CloseDeadline implements AutoCloseable {
  private final CountDownLatch met = new CountDownLatch(1);

  private CloseDeadline() {}

  /** From now on there are this many seconds until {@link #close}, or the handler is told. */
  static CloseDeadline begin(int secondsMax, FatalHandler fatal) {
    CloseDeadline deadline = new CloseDeadline();
    Thread.ofPlatform()
        .daemon()
        .name("close-deadline")
        .start(() -> deadline.await(secondsMax, fatal));
    return deadline;
  }

  private void await(int secondsMax, FatalHandler fatal) {
    try {
      if (!met.await(secondsMax, SECONDS)) {
        fatal.fatal("it did not close within " + secondsMax + " s", null);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // nobody does
    }
  }

  @Override
  public void close() {
    met.countDown();
  }
}
