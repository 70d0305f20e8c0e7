package dev.funes.client;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * How a consumer waits for records: until there are some, the time is over, the end is reached, or
 * somebody wakes it. The consumer's thread, except for {@link #wakeup()}.
 */
final class Polls {
  private final Fetcher fetcher;
  private final ReadPositions positions;
  private final AtomicBoolean woken = new AtomicBoolean();
  private boolean closed;

  Polls(Fetcher fetcher, ReadPositions positions) {
    this.fetcher = fetcher;
    this.positions = positions;
  }

  /** What came within the time, maybe nothing; null after a wakeup. */
  @Nullable List<ConsumedRecord> next(@Nullable Membership member, Duration timeout) {
    long started = System.nanoTime();
    if (member != null) {
      member.pollStarts();
    }
    try {
      while (true) {
        if (closed) {
          throw new FunesException(ErrorCode.CLOSED, "the consumer is closed");
        }
        if (woken.getAndSet(false)) {
          return null;
        }
        if (positions.isAtEnd()) {
          return List.of();
        }
        long left = timeout.toNanos() - (System.nanoTime() - started);
        long wait = Math.max(0, left);
        List<ConsumedRecord> records = member == null ? fetcher.next(wait) : member.next(wait);
        if (!records.isEmpty() || left <= 0) {
          return records;
        }
      }
    } finally {
      if (member != null) {
        member.pollEnds();
      }
    }
  }

  /** Makes the wait under way, or else the next one, end at once. Any thread. */
  void wakeup() {
    woken.set(true);
    fetcher.wake();
  }

  boolean isClosed() {
    return closed;
  }

  /** From now on nothing can be polled. */
  void close() {
    closed = true;
  }
}
