package dev.funes.server.grpc;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The bytes of fetch responses that wait in this node because their consumers do not take them.
 * While they are many, every stream gets small pieces, so that one that stalls next holds little:
 * it is slower, and never stuck. Any thread may call.
 */
final class FetchBytes {
  static final int SMALL_PIECE_BYTES = 64 << 10;

  private final long bytesMax;
  private final AtomicLong waiting = new AtomicLong();

  FetchBytes(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  /** How large the next response may be. */
  int pieceBytesMax(int wanted) {
    return waiting.get() < bytesMax ? wanted : Math.min(wanted, SMALL_PIECE_BYTES);
  }

  /** A stream has stalled with that much. */
  void stalled(long count) {
    waiting.addAndGet(count);
  }

  /** It goes on, or has ended. */
  void released(long count) {
    waiting.addAndGet(-count);
  }

  long bytes() {
    return waiting.get();
  }
}
