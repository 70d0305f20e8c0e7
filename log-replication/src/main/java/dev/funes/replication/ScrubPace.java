package dev.funes.replication;

import dev.funes.log.Pace;
import java.util.concurrent.TimeUnit;

/**
 * So many bytes a second, evenly. It is ended by {@link #close} and not by an interrupt, which
 * would close the file that is being forced.
 */
final class ScrubPace implements Pace {
  /** Sleeping for less would be less exact than not to sleep. */
  private static final long NAP_NANOS_MIN = TimeUnit.MILLISECONDS.toNanos(5);

  private final long bytesPerSecond;
  private long nextNanos = System.nanoTime();
  private boolean closed;

  ScrubPace(long bytesPerSecond) {
    this.bytesPerSecond = bytesPerSecond;
  }

  @Override
  public synchronized void spent(long bytes) throws InterruptedException {
    long now = System.nanoTime();
    if (nextNanos - now < 0) {
      nextNanos = now; // What was not used up is not saved.
    }
    nextNanos += (long) (bytes * 1e9 / bytesPerSecond);
    sleepUntil(nextNanos);
  }

  synchronized void sleepMillis(long millis) throws InterruptedException {
    sleepUntil(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis));
  }

  private void sleepUntil(long nanos) throws InterruptedException {
    long left = nanos - System.nanoTime();
    while (!closed && left > NAP_NANOS_MIN) {
      TimeUnit.NANOSECONDS.timedWait(this, left);
      left = nanos - System.nanoTime();
    }
    if (closed) {
      throw new InterruptedException("the node closes");
    }
  }

  synchronized void close() {
    closed = true;
    notifyAll();
  }
}
