package org.apache.ratis.util;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Lets one writer at a time have a file: two would share its temporary file. Any thread. */
final class FilesBeingWritten {

  private final long waitMillisMax;
  private final Set<Path> taken = new HashSet<>();

  FilesBeingWritten(long waitMillisMax) {
    this.waitMillisMax = waitMillisMax;
  }

  /** Waits until nobody else has the file; fails when that takes too long. */
  synchronized void take(Path file) throws IOException {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(waitMillisMax);
    while (!taken.add(file)) {
      long millis = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      if (millis <= 0) {
        throw new IOException(file + " is being written by another for " + waitMillisMax + " ms");
      }
      try {
        wait(millis);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("interrupted before it could write " + file);
      }
    }
  }

  synchronized void release(Path file) {
    taken.remove(file);
    notifyAll();
  }
}
