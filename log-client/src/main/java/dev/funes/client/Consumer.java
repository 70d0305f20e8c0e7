package dev.funes.client;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads partitions from any offset on, and stores for its consumer group how far it has come.
 *
 * <p>Not thread-safe, except for {@link #wakeup()}.
 */
@SuppressWarnings("DoNotCallSuggester") // An outline.
public final class Consumer implements AutoCloseable {
  private Consumer() {}

  /**
   * Opens a consumer; it connects when it is first asked for something.
   *
   * @param group the consumer group whose offsets it uses; null: it stores and finds none
   */
  public static Consumer open(ClientConfig config, @Nullable String group) {
    throw new UnsupportedOperationException(config + String.valueOf(group));
  }

  /** The partitions of a topic, by number. */
  public List<TopicPartition> partitions(String topic) {
    throw new UnsupportedOperationException(topic);
  }

  /**
   * Reads these partitions from now on and no others. A partition that was not assigned before
   * starts at the stored offset of the group, or else at the start of its log; seek to change it.
   */
  public void assign(Collection<TopicPartition> partitions) {
    throw new UnsupportedOperationException(partitions.toString());
  }

  public Set<TopicPartition> assignment() {
    throw new UnsupportedOperationException();
  }

  /** Reads on at this offset. */
  public void seek(TopicPartition partition, long offset) {
    throw new UnsupportedOperationException(partition + "@" + offset);
  }

  public void seekToBeginning(Collection<TopicPartition> partitions) {
    throw new UnsupportedOperationException(partitions.toString());
  }

  public void seekToEnd(Collection<TopicPartition> partitions) {
    throw new UnsupportedOperationException(partitions.toString());
  }

  /** Reads on at the first record that is not older, in milliseconds since 1970-01-01 UTC. */
  public void seekToTimestamp(Collection<TopicPartition> partitions, long timestampMillis) {
    throw new UnsupportedOperationException(partitions + "@" + timestampMillis);
  }

  /** The offset of the next record that {@link #poll} will return. */
  public long position(TopicPartition partition) {
    throw new UnsupportedOperationException(partition.toString());
  }

  /**
   * Returns the next records as soon as there are some, or none after the timeout, after {@link
   * #wakeup()}, or when {@link #atEnd()}. The records of one partition come in offset order.
   *
   * @throws OffsetOutOfRangeException under {@link OffsetReset#ERROR}; the position stays: seek
   * @throws FunesException when reading has failed for good, or no node could be reached for {@link
   *     ClientConfig#deliveryTimeout()}
   */
  public List<ConsumedRecord> poll(Duration timeout) {
    throw new UnsupportedOperationException(timeout.toString());
  }

  /** Hands records to the listener on this thread, until {@link #wakeup()} or {@link #atEnd()}. */
  public void listen(RecordListener listener) {
    throw new UnsupportedOperationException(listener.toString());
  }

  /** Makes the poll under way, or else the next one, return at once. From any thread. */
  public void wakeup() {}

  /**
   * Reads up to where the assigned partitions end now and no further. The next {@link #assign}
   * lifts the bound.
   *
   * @return those ends
   */
  public Map<TopicPartition, Long> stopAtEnd() {
    throw new UnsupportedOperationException();
  }

  /** True after {@link #stopAtEnd()}, when everything up to those ends has been returned. */
  public boolean atEnd() {
    return false;
  }

  /** Where the assigned partitions start now: the first offset still there. */
  public Map<TopicPartition, Long> startOffsets() {
    throw new UnsupportedOperationException();
  }

  /** Where the assigned partitions end now: the next offset to be written. */
  public Map<TopicPartition, Long> endOffsets() {
    throw new UnsupportedOperationException();
  }

  /** Stores the positions of all assigned partitions for the group. Durable when it returns. */
  public void commit() {
    throw new UnsupportedOperationException();
  }

  /** Stores these offsets, each of the next record to read. Durable when it returns. */
  public void commit(Map<TopicPartition, Long> offsets) {
    throw new UnsupportedOperationException(offsets.toString());
  }

  /** The stored offsets of the group, in every partition that has one. */
  public Map<TopicPartition, Long> committed() {
    throw new UnsupportedOperationException();
  }

  /** Closes without committing. */
  @Override
  public void close() {}
}
