package dev.funes.chaos.idempotence;

import java.util.Arrays;

/** What one producer heard of its sends to one partition, by sequence. Thread-safe. */
final class Ledger {
  private static final long NOTHING = -1;
  private static final long FAILED = -2;

  private long[] offsets = new long[1024];
  private int sent;

  /** The next sequence. */
  synchronized int send() {
    if (sent == offsets.length) {
      offsets = Arrays.copyOf(offsets, sent + (sent >> 1));
    }
    offsets[sent] = NOTHING;
    return sent++;
  }

  synchronized void acknowledged(int seq, long offset) {
    offsets[seq] = offset;
  }

  synchronized void failed(int seq) {
    offsets[seq] = FAILED;
  }

  synchronized int sent() {
    return sent;
  }

  /** Where it was acknowledged; negative when it was not. */
  synchronized long offset(int seq) {
    return offsets[seq];
  }
}
