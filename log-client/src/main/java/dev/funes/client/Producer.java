package dev.funes.client;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * Writes records. Thread-safe; one producer for a whole program is best.
 *
 * <p>A producer is idempotent: however often a batch is sent again, it is in the log once.
 */
@SuppressWarnings("DoNotCallSuggester") // An outline.
public final class Producer implements AutoCloseable {
  private Producer() {}

  /** Opens a producer; it connects when the first record is sent. */
  public static Producer open(ClientConfig config) {
    throw new UnsupportedOperationException(config.toString());
  }

  /**
   * Takes a record to be written.
   *
   * <p>Blocks while the buffer is full, for {@link ClientConfig#maxBlock()} at the longest. Never
   * throws for what is wrong with the record or the cluster: the future then fails with a {@link
   * FunesException}. Futures of one partition complete in the order of its offsets, on the thread
   * of the producer: what depends on them must be quick and must not block.
   */
  public CompletableFuture<RecordPosition> send(ProducerRecord record) {
    throw new UnsupportedOperationException(record.topic());
  }

  /**
   * Sends what is buffered without lingering, and waits until all of it has completed or failed.
   */
  public void flush() {
    throw new UnsupportedOperationException();
  }

  /** Flushes, for {@link ClientConfig#deliveryTimeout()} at the longest, and closes. */
  @Override
  public void close() {}

  /** Flushes for so long; what is not acknowledged by then fails with {@code CLOSED}. */
  public void close(Duration timeout) {
    throw new UnsupportedOperationException(timeout.toString());
  }
}
