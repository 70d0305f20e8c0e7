package dev.funes.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Reads partitions from any offset on, and stores for its consumer group how far it has come.
 *
 * <p>One stream carries all assigned partitions. It reads ahead for {@link
 * ClientConfig#prefetchBytes()}; then the node waits for the caller. When it breaks, it is opened
 * again where the caller is, on another node if need be, for {@link ClientConfig#deliveryTimeout()}
 * at the longest.
 *
 * <p>Not thread-safe, except for {@link #wakeup()}.
 */
public final class Consumer implements AutoCloseable {
  private static final Duration LISTEN_POLL = Duration.ofSeconds(1);

  private final Connections connections;
  private final Admin admin;
  private final @Nullable String group;
  private final ReadPositions positions;
  private final Fetcher fetcher;
  private final AtomicBoolean woken = new AtomicBoolean();
  private boolean closed;

  private Consumer(ClientConfig config, @Nullable String group) {
    this.connections = new Connections(config.servers(), System::nanoTime);
    this.admin = Admin.over(connections, config);
    this.group = group;
    this.positions = new ReadPositions(admin, group);
    this.fetcher = new Fetcher(config, connections, positions, admin);
  }

  /**
   * Opens a consumer; it connects when it is first asked for something.
   *
   * @param group the consumer group whose offsets it uses; null: it stores and finds none
   */
  public static Consumer open(ClientConfig config, @Nullable String group) {
    return new Consumer(config, group);
  }

  /**
   * The partitions of a topic, by number.
   *
   * @throws FunesException UNKNOWN_TOPIC
   */
  public List<TopicPartition> partitions(String topic) {
    int count = admin.describeTopic(topic).topic().partitionCount();
    List<TopicPartition> partitions = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      partitions.add(new TopicPartition(topic, i));
    }
    return partitions;
  }

  /**
   * Reads these partitions from now on and no others. A partition that was not assigned before
   * starts at the stored offset of the group, or else at the start of its log; seek to change it.
   */
  public void assign(Collection<TopicPartition> partitions) {
    boolean wasBounded = positions.isBounded();
    positions.assign(partitions);
    if (wasBounded) {
      fetcher.restart();
    } else {
      fetcher.reassigned();
    }
  }

  /** The partitions that are read. */
  public Set<TopicPartition> assignment() {
    return positions.partitions();
  }

  /**
   * Reads on at this offset.
   *
   * @throws IllegalArgumentException when the partition is not assigned, or the offset is negative
   */
  public void seek(TopicPartition partition, long offset) {
    if (offset < 0) {
      throw new IllegalArgumentException("offset: " + offset + " is negative");
    }
    positions.of(partition).moveTo(offset);
    fetcher.moved(partition);
  }

  /** Reads on at the first offsets that are still there. */
  public void seekToBeginning(Collection<TopicPartition> partitions) {
    seekTo(partitions, new LogPosition.Start());
  }

  /** Reads on with what comes after this call. */
  public void seekToEnd(Collection<TopicPartition> partitions) {
    seekTo(partitions, new LogPosition.End());
    positions.resolve(); // Now, not when it is polled.
  }

  /** Reads on at the first record that is not older, in milliseconds since 1970-01-01 UTC. */
  public void seekToTimestamp(Collection<TopicPartition> partitions, long timestampMillis) {
    seekTo(partitions, new LogPosition.Timestamp(timestampMillis));
  }

  private void seekTo(Collection<TopicPartition> partitions, LogPosition place) {
    for (TopicPartition partition : partitions) {
      positions.of(partition).moveTo(new ReadPosition.Unresolved.At(place));
      fetcher.moved(partition);
    }
  }

  /** The offset of the next record that {@link #poll} will return; may ask the cluster. */
  public long position(TopicPartition partition) {
    ReadPosition position = positions.of(partition);
    positions.resolve();
    return position.offset();
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
    List<ConsumedRecord> records = pollUnlessWoken(timeout);
    return records == null ? List.of() : records;
  }

  /** Null after a wakeup. */
  private @Nullable List<ConsumedRecord> pollUnlessWoken(Duration timeout) {
    long started = System.nanoTime();
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
      List<ConsumedRecord> records = fetcher.next(Math.max(0, left));
      if (!records.isEmpty() || left <= 0) {
        return records;
      }
    }
  }

  /**
   * Hands records to the listener on this thread, until {@link #wakeup()} or {@link #atEnd()}.
   *
   * @throws FunesException as {@link #poll} does
   */
  public void listen(RecordListener listener) {
    while (true) {
      List<ConsumedRecord> records = pollUnlessWoken(LISTEN_POLL);
      if (records == null) {
        return;
      }
      if (!records.isEmpty()) {
        listener.onRecords(records);
      } else if (atEnd()) {
        return;
      }
    }
  }

  /** Makes the poll under way, or else the next one, return at once. From any thread. */
  public void wakeup() {
    woken.set(true);
    fetcher.wake();
  }

  /**
   * Reads up to where the assigned partitions end now and no further. The next {@link #assign}
   * lifts the bound.
   *
   * @return those ends
   */
  public Map<TopicPartition, Long> stopAtEnd() {
    Map<TopicPartition, Long> ends = positions.stopAtEnd();
    fetcher.restart();
    return ends;
  }

  /** True after {@link #stopAtEnd()}, when everything up to those ends has been returned. */
  public boolean atEnd() {
    return positions.isAtEnd();
  }

  /** Where the assigned partitions start now: the first offset still there. */
  public Map<TopicPartition, Long> startOffsets() {
    return positions.list(new LogPosition.Start());
  }

  /** Where the assigned partitions end now: the next offset to be written. */
  public Map<TopicPartition, Long> endOffsets() {
    return positions.list(new LogPosition.End());
  }

  /** Stores the positions of all assigned partitions for the group. Durable when it returns. */
  public void commit() {
    String name = groupName();
    positions.resolve();
    List<CommittedOffset> offsets = positions.toCommit();
    if (!offsets.isEmpty()) {
      admin.commitOffsets(name, offsets);
    }
  }

  /** Stores these offsets, each of the next record to read. Durable when it returns. */
  public void commit(Map<TopicPartition, Long> offsets) {
    String name = groupName();
    if (!offsets.isEmpty()) {
      admin.commitOffsets(
          name,
          offsets.entrySet().stream()
              .map(offset -> CommittedOffset.of(offset.getKey(), offset.getValue()))
              .toList());
    }
  }

  /** The stored offsets of the group, in every partition that has one. */
  public Map<TopicPartition, Long> committed() {
    Map<TopicPartition, Long> offsets = new TreeMap<>();
    for (CommittedOffset stored : admin.committedOffsets(groupName())) {
      offsets.put(stored.partition(), stored.offset());
    }
    return offsets;
  }

  private String groupName() {
    if (group == null) {
      throw new IllegalStateException("expected a consumer group, was none");
    }
    return group;
  }

  /** Closes without committing. */
  @Override
  public void close() {
    closed = true;
    fetcher.restart();
    connections.close();
  }
}
