package dev.funes.client;

import org.jspecify.annotations.Nullable;

/**
 * Under which producer id and number the next atomic append of one partition goes. One thread at a
 * time uses it.
 */
final class AppendSequence {
  private @Nullable ProducerIdentity identity;
  private @Nullable ProducerIdentity abandoned;
  private int next;

  /** Null until {@link #begin}. */
  @Nullable ProducerIdentity identity() {
    return identity;
  }

  int next() {
    return next;
  }

  /** The one that must not be taken again; null when there is none. */
  @Nullable ProducerIdentity abandoned() {
    return abandoned;
  }

  /** Counts from 0 under a new producer id. */
  void begin(ProducerIdentity fresh) {
    identity = fresh;
    next = 0;
  }

  /** So many records are in the log under the next number. */
  void used(int recordCount) {
    next = (next + recordCount) & Integer.MAX_VALUE;
  }

  /** It is not known any more which number is the next. */
  void abandon() {
    abandoned = identity;
    identity = null;
  }
}
