package dev.funes.server.grpc;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;

/**
 * The bytes of requests that all connections of a node have under way. Past the limit streams wait,
 * in their order, and go on as room is made: only as many at a time as are likely to fit, by what
 * each of them sent last, or hundreds of streams would fill the memory the moment that one batch is
 * answered.
 *
 * <p>A stream that may go on and has nothing to send takes up its turn; {@link #tick} lets others
 * pass. Any thread may call.
 */
final class NodeBytes {
  private record Waiting(long likelyBytes, Runnable goOn) {}

  private final long bytesMax;
  private final Queue<Waiting> waiting = new ArrayDeque<>();
  private long bytes;

  NodeBytes(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  /** Counts what has been read already; it may go over the limit by that much. */
  synchronized void add(long count) {
    bytes += count;
  }

  void remove(long count) {
    List<Waiting> next;
    synchronized (this) {
      bytes -= count;
      // With nothing under way nobody would make room for those who are left waiting.
      next = bytes < bytesMax ? take(bytes == 0 ? bytesMax : count) : List.of();
    }
    next.forEach(each -> each.goOn.run());
  }

  /** To be called now and then: nobody waits for one who has nothing to send. */
  void tick() {
    List<Waiting> next;
    synchronized (this) {
      next = take(bytesMax - bytes);
    }
    next.forEach(each -> each.goOn.run());
  }

  /** Runs now when there is room and nobody before, otherwise later, on the thread of a call. */
  void whenRoom(long likelyBytes, Runnable goOn) {
    synchronized (this) {
      if (bytes >= bytesMax || !waiting.isEmpty()) {
        waiting.add(new Waiting(likelyBytes, goOn));
        return;
      }
    }
    goOn.run();
  }

  synchronized long bytes() {
    return bytes;
  }

  synchronized int waitingCount() {
    return waiting.size();
  }

  /** Those whose turn it is: one at least when there is any room. */
  private List<Waiting> take(long room) {
    List<Waiting> taken = new ArrayList<>();
    for (long left = room; left > 0 && !waiting.isEmpty(); ) {
      Waiting next = waiting.remove();
      taken.add(next);
      left -= Math.max(1, next.likelyBytes);
    }
    return taken;
  }
}
