package dev.funes.state;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/**
 * What one Raft entry changes; collected, then written at once with {@link KeyedState#write}. Apply
 * thread only, and for one entry only: written or {@link #close closed}, it is used up.
 */
public final class Changes implements AutoCloseable {
  private final WriteBatch batch = new WriteBatch();
  private final Map<ProducerKey, Optional<ProducerState>> producers = new LinkedHashMap<>();
  private final Set<ProducerKey> droppedPartitions = new HashSet<>();
  private final Function<ProducerKey, @Nullable ProducerState> written;
  private final GroupChanges groups;

  Changes(Function<ProducerKey, @Nullable ProducerState> written, GroupReads writtenGroups) {
    this.written = written;
    this.groups = new GroupChanges(batch, writtenGroups);
  }

  /** Sets what a consumer group committed for a partition. */
  public void putOffset(String group, long topicId, int partition, StoredOffset offset) {
    collect(() -> groups.putOffset(group, topicId, partition, offset));
  }

  /** Forgets what a consumer group committed for a partition. */
  public void deleteOffset(String group, long topicId, int partition) {
    collect(() -> groups.deleteOffset(group, topicId, partition));
  }

  /** What a consumer group committed for a partition, these changes included; null when nothing. */
  public @Nullable StoredOffset offset(String group, long topicId, int partition) {
    return groups.offset(group, topicId, partition);
  }

  /** Sets the record of a consumer group, whatever it means. */
  public void putGroupRecord(String group, byte[] record) {
    collect(() -> groups.putRecord(group, record));
  }

  /** Forgets everything of a consumer group, its history and bookmarks too. */
  public void deleteGroup(String group) {
    collect(() -> groups.deleteGroup(group));
  }

  /** Adds an entry to the history of a consumer group; returns its id, one above the last one's. */
  public long addHistory(
      String group,
      long timeMillis,
      OffsetCause cause,
      String memberId,
      long undoneId,
      List<OffsetChange> changed) {
    long[] id = new long[1];
    collect(() -> id[0] = groups.addHistory(group, timeMillis, cause, memberId, undoneId, changed));
    return id[0];
  }

  /** Forgets the commits before an entry of the history; what has other causes stays. */
  public void trimHistory(String group, long beforeId) {
    collect(() -> groups.trimCommits(group, beforeId));
  }

  /** Forgets what is not a commit before an entry of the history. */
  public void trimResets(String group, long beforeId) {
    collect(() -> groups.trimResets(group, beforeId));
  }

  /** Sets a bookmark of a consumer group. */
  public void putBookmark(String group, Bookmark bookmark) {
    collect(() -> groups.putBookmark(group, bookmark));
  }

  /** Forgets a bookmark of a consumer group. */
  public void deleteBookmark(String group, String name) {
    collect(() -> groups.deleteBookmark(group, name));
  }

  /** Sets what is known of a producer in a partition. */
  public void putProducer(long topicId, int partition, long producerId, ProducerState state) {
    collect(() -> batch.put(Keys.producer(topicId, partition, producerId), Values.encode(state)));
    producers.put(new ProducerKey(topicId, partition, producerId), Optional.of(state));
  }

  /** Forgets a producer in a partition. */
  public void deleteProducer(long topicId, int partition, long producerId) {
    collect(() -> batch.delete(Keys.producer(topicId, partition, producerId)));
    producers.put(new ProducerKey(topicId, partition, producerId), Optional.empty());
  }

  /**
   * Forgets all producers of a partition. Offsets of consumer groups stay: they belong to the raft
   * group of the consumer group, which need not be this one, and topic ids are never used again.
   */
  public void deletePartition(long topicId, int partition) {
    byte[] prefix = Keys.producers(topicId, partition);
    collect(() -> batch.deleteRange(prefix, Keys.after(prefix)));
    producers.keySet().removeIf(key -> isOf(key, topicId, partition));
    droppedPartitions.add(partitionKey(topicId, partition));
  }

  /** What is known of a producer, these changes included; null when nothing is. */
  public @Nullable ProducerState producer(long topicId, int partition, long producerId) {
    ProducerKey key = new ProducerKey(topicId, partition, producerId);
    Optional<ProducerState> changed = producers.get(key);
    if (changed != null) {
      return changed.orElse(null);
    }
    return droppedPartitions.contains(partitionKey(topicId, partition)) ? null : written.apply(key);
  }

  /** Whether there is nothing to write. */
  public boolean isEmpty() {
    return batch.count() == 0;
  }

  /** Gives the memory back that RocksDB holds for it. */
  @Override
  public void close() {
    batch.close();
  }

  WriteBatch batch() {
    return batch;
  }

  /** Producers that were set or, when empty, deleted. */
  Map<ProducerKey, Optional<ProducerState>> producers() {
    return producers;
  }

  boolean dropsAny() {
    return !droppedPartitions.isEmpty();
  }

  /** Whether all that was known of the key's partition before these changes is gone. */
  boolean drops(ProducerKey key) {
    return droppedPartitions.contains(partitionKey(key.topicId(), key.partition()));
  }

  private static boolean isOf(ProducerKey key, long topicId, int partition) {
    return key.topicId() == topicId && key.partition() == partition;
  }

  private static ProducerKey partitionKey(long topicId, int partition) {
    return new ProducerKey(topicId, partition, -1);
  }

  private interface Collecting {
    void run() throws RocksDBException;
  }

  private static void collect(Collecting change) {
    try {
      change.run();
    } catch (RocksDBException e) {
      throw new IllegalStateException("a change could not be collected in memory", e);
    }
  }
}
