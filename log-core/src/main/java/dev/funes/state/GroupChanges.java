package dev.funes.state;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/**
 * What one Raft entry changes of consumer groups. Offsets and the bounds of the history can be read
 * back before they are written; the rest is read once it is.
 */
final class GroupChanges {
  private record OffsetKey(String group, long topicId, int partition) {}

  private final WriteBatch batch;
  private final GroupReads written;
  private final Map<OffsetKey, Optional<StoredOffset>> offsets = new HashMap<>();
  private final Map<String, HistoryBounds> bounds = new HashMap<>();
  private final Set<String> deleted = new HashSet<>();
  private final Set<String> collected = new HashSet<>(); // groups of which the batch has any put

  GroupChanges(WriteBatch batch, GroupReads written) {
    this.batch = batch;
    this.written = written;
  }

  @Nullable StoredOffset offset(String group, long topicId, int partition) {
    Optional<StoredOffset> changed = offsets.get(new OffsetKey(group, topicId, partition));
    if (changed != null) {
      return changed.orElse(null);
    }
    return deleted.contains(group) ? null : written.offset(group, topicId, partition);
  }

  void putOffset(String group, long topicId, int partition, StoredOffset offset)
      throws RocksDBException {
    collect(group, Keys.offset(group, topicId, partition), Values.encode(offset));
    offsets.put(new OffsetKey(group, topicId, partition), Optional.of(offset));
  }

  void deleteOffset(String group, long topicId, int partition) throws RocksDBException {
    batch.delete(Keys.offset(group, topicId, partition));
    offsets.put(new OffsetKey(group, topicId, partition), Optional.empty());
  }

  void putRecord(String group, byte[] record) throws RocksDBException {
    collect(group, Keys.group(Keys.RECORDS, group), record);
  }

  long addHistory(
      String group,
      long timeMillis,
      OffsetCause cause,
      String memberId,
      long undoneId,
      List<OffsetChange> changes)
      throws RocksDBException {
    HistoryBounds before = bounds(group);
    long id = before.newestId() + 1;
    byte kind = cause == OffsetCause.COMMIT ? Keys.COMMITS : Keys.RESETS;
    collect(
        group,
        Keys.history(kind, group, id),
        GroupValues.encode(new HistoryEntry(id, timeMillis, cause, memberId, undoneId, changes)));
    put(group, new HistoryBounds(id, before.completeFromId()));
    return id;
  }

  void trimCommits(String group, long beforeId) throws RocksDBException {
    HistoryBounds before = bounds(group);
    long end = Math.min(beforeId, before.newestId() + 1);
    if (end <= before.completeFromId()) {
      return;
    }
    for (long id = before.completeFromId(); id < end; id++) {
      batch.delete(Keys.history(Keys.COMMITS, group, id));
    }
    put(group, new HistoryBounds(before.newestId(), end));
  }

  void trimResets(String group, long beforeId) throws RocksDBException {
    if (beforeId > 0) {
      delete(group, Keys.group(Keys.RESETS, group), Keys.history(Keys.RESETS, group, beforeId));
    }
  }

  void putBookmark(String group, Bookmark bookmark) throws RocksDBException {
    collect(group, Keys.bookmark(group, bookmark.name()), GroupValues.encode(bookmark));
  }

  void deleteBookmark(String group, String name) throws RocksDBException {
    batch.delete(Keys.bookmark(group, name));
  }

  void deleteGroup(String group) throws RocksDBException {
    for (byte kind : Keys.OF_GROUPS) {
      byte[] prefix = Keys.group(kind, group);
      delete(group, prefix, Keys.after(prefix));
    }
    offsets.keySet().removeIf(key -> key.group.equals(group));
    bounds.put(group, HistoryBounds.NOTHING);
    deleted.add(group);
  }

  /**
   * By single deletions where it can be: RocksDB looks at all deleted ranges that it has in memory
   * with every read after one more, and ten thousand of them would hold apply up for minutes. Only
   * what is not written yet cannot be found.
   */
  private void delete(String group, byte[] from, byte[] end) throws RocksDBException {
    if (collected.contains(group)) {
      batch.deleteRange(from, end);
      return;
    }
    for (byte[] key : written.keys(from, end)) {
      batch.delete(key);
    }
  }

  private void collect(String group, byte[] key, byte[] value) throws RocksDBException {
    batch.put(key, value);
    collected.add(group);
  }

  private HistoryBounds bounds(String group) {
    HistoryBounds changed = bounds.get(group);
    return changed == null ? written.bounds(group) : changed;
  }

  private void put(String group, HistoryBounds changed) throws RocksDBException {
    collect(group, Keys.group(Keys.BOUNDS, group), GroupValues.encode(changed));
    bounds.put(group, changed);
  }
}
