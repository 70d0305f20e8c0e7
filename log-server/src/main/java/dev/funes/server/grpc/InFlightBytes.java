package dev.funes.server.grpc;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The bytes of requests that one connection has under way. Past the limit its streams stop asking
 * for more and are woken when there is room again. Any thread may call.
 */
final class InFlightBytes {
  private final long bytesMax;
  private final AtomicLong bytes = new AtomicLong();
  private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();

  InFlightBytes(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  /** Counts what has been read already; it may go over the limit by that much. */
  void add(long count) {
    bytes.addAndGet(count);
  }

  void remove(long count) {
    if (bytes.addAndGet(-count) < bytesMax) {
      wake();
    }
  }

  long bytes() {
    return bytes.get();
  }

  /** Runs now when there is room, otherwise later, on the thread that made room. */
  void whenRoom(Runnable action) {
    if (bytes.get() < bytesMax) {
      action.run();
      return;
    }
    waiting.add(action);
    if (bytes.get() < bytesMax) {
      wake(); // room was made between the look and the add
    }
  }

  private void wake() {
    for (Runnable action = waiting.poll(); action != null; action = waiting.poll()) {
      action.run();
    }
  }
}
