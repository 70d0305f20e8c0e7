package dev.funes.client;

import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The partitions that could not be read of late, and when each is tried again: later each time.
 *
 * <p>Only the consumer's thread uses it.
 */
final class ReadTroubles {
  private static final long PAUSE_MILLIS_MIN = 20;
  private static final long PAUSE_MILLIS_MAX = 1_000;

  /** Of partitions that failed together. */
  private static final class Trouble {
    final long sinceNanos;
    final Set<ServerAddress> tried = new LinkedHashSet<>();
    int failures;
    long retryAtNanos;

    Trouble(long sinceNanos) {
      this.sinceNanos = sinceNanos;
    }
  }

  private final long giveUpNanos;
  private final Map<TopicPartition, Trouble> troubles = new HashMap<>();

  ReadTroubles(ClientConfig config) {
    this.giveUpNanos = config.deliveryTimeout().toNanos();
  }

  /**
   * These failed together.
   *
   * @throws FunesException when one of them has failed for longer than the delivery timeout
   */
  void failed(
      Collection<TopicPartition> partitions, ServerAddress address, Failure failure, long now) {
    Trouble trouble = oldest(partitions);
    if (trouble == null) {
      trouble = new Trouble(now);
    }
    trouble.failures++;
    trouble.tried.add(address);
    if (now - trouble.sinceNanos > giveUpNanos) {
      over(partitions);
      throw failure.fromNode()
          ? failure.exception()
          : UnaryCalls.unreachable(trouble.tried, failure);
    }
    long pauseMillis =
        Math.max(
            failure.retryAfterMillis(),
            Backoff.millis(trouble.failures, PAUSE_MILLIS_MIN, PAUSE_MILLIS_MAX));
    trouble.retryAtNanos = now + TimeUnit.MILLISECONDS.toNanos(pauseMillis);
    for (TopicPartition partition : partitions) {
      troubles.put(partition, trouble);
    }
  }

  private @Nullable Trouble oldest(Collection<TopicPartition> partitions) {
    Trouble oldest = null;
    for (TopicPartition partition : partitions) {
      Trouble trouble = troubles.get(partition);
      if (trouble != null && (oldest == null || trouble.sinceNanos - oldest.sinceNanos < 0)) {
        oldest = trouble;
      }
    }
    return oldest;
  }

  /** It can be read again. */
  void over(TopicPartition partition) {
    if (!troubles.isEmpty()) {
      troubles.remove(partition);
    }
  }

  void over(Collection<TopicPartition> partitions) {
    partitions.forEach(this::over);
  }

  /** How long it has been failing; 0 when it is not. */
  long failingNanos(TopicPartition partition, long now) {
    Trouble trouble = troubles.get(partition);
    return trouble == null ? 0 : now - trouble.sinceNanos;
  }

  /** How long to wait before it is tried again; 0 or less: now. */
  long pauseNanos(TopicPartition partition, long now) {
    Trouble trouble = troubles.get(partition);
    return trouble == null ? 0 : trouble.retryAtNanos - now;
  }
}
