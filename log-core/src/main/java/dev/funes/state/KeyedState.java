package dev.funes.state;

import dev.funes.log.Digest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.rocksdb.Checkpoint;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteOptions;

/**
 * The keyed state of a raft group on this node: consumer groups with their offsets, and producers.
 *
 * <p>The apply thread writes, and takes checkpoints; any thread reads and sees what was written. A
 * read that fails in the database throws UncheckedIOException; after {@link #close} every call
 * throws StateClosedException.
 */
public final class KeyedState implements AutoCloseable {
  /** Before anything was written. */
  public static final long NOTHING_APPLIED = -1;

  private static final byte[] PARTS = {
    Keys.OFFSETS,
    Keys.PRODUCERS,
    Keys.RECORDS,
    Keys.COMMITS,
    Keys.RESETS,
    Keys.BOUNDS,
    Keys.BOOKMARKS
  };

  private static final List<String> UNWRITTEN =
      List.of("rocksdb.cur-size-all-mem-tables", "rocksdb.estimate-pending-compaction-bytes");

  private final GuardedDatabase database;
  private final GroupReads groups;
  private final WriteOptions withoutLog = new WriteOptions().setDisableWAL(true);
  private final ProducerCache producers = new ProducerCache();
  private volatile long appliedIndex;

  private KeyedState(GuardedDatabase database) {
    this.database = database;
    this.groups = new GroupReads(database);
    byte[] index = database.get(Keys.APPLIED_INDEX);
    this.appliedIndex = index == null ? NOTHING_APPLIED : Values.number(index);
  }

  /** Opens the state in a directory, empty when there is none. */
  public static KeyedState open(Path directory) throws IOException {
    return open(directory, false);
  }

  private static KeyedState open(Path directory, boolean isCopy) throws IOException {
    GuardedDatabase database =
        new GuardedDatabase(directory, StateDatabase.open(directory, isCopy));
    try {
      return new KeyedState(database);
    } catch (UncheckedIOException e) {
      database.close();
      throw e.getCause();
    }
  }

  /**
   * Replaces the state in a directory by a copy of a checkpoint's and opens it. The checkpoint
   * stays as it is.
   *
   * @throws CorruptStateException when the checkpoint's database is damaged; all of it is read
   */
  public static KeyedState restore(Path checkpointStateDirectory, Path directory)
      throws IOException {
    StateFiles.replace(directory, checkpointStateDirectory);
    try {
      return opened(checkpointStateDirectory, directory);
    } catch (IOException e) {
      // RocksDB says "corruption" of some files and "no such file" or "invalid" of others.
      throw e.getCause() instanceof RocksDBException
          ? new CorruptStateException(checkpointStateDirectory, e)
          : e;
    }
  }

  private static KeyedState opened(Path checkpointStateDirectory, Path directory)
      throws IOException {
    // Never an empty database in place of one whose files are missing.
    KeyedState restored = open(directory, true);
    try {
      restored.database.using(
          "is a corrupt copy of " + checkpointStateDirectory,
          opened -> {
            opened.verifyChecksum();
            return true;
          });
      restored.requireAllTables(checkpointStateDirectory);
      restored.database.using(
          "cannot be compacted",
          opened -> {
            StateDatabase.compact(opened);
            return true;
          });
      return restored;
    } catch (IOException e) {
      restored.close();
      throw e;
    }
  }

  /**
   * A manifest of RocksDB that has lost its end is one of an older state. But a checkpoint has the
   * tables of its own state and no others. Nothing was compacted yet.
   */
  private void requireAllTables(Path checkpointStateDirectory) throws IOException {
    Set<String> unused = new TreeSet<>(StateFiles.tables(checkpointStateDirectory));
    database.using(
        "does not tell its tables",
        opened -> {
          opened
              .getLiveFilesMetaData()
              .forEach(table -> unused.remove(table.fileName().substring(1)));
          return true;
        });
    if (!unused.isEmpty()) {
      throw new CorruptStateException(
          checkpointStateDirectory, new IOException("its manifest does not know " + unused));
    }
  }

  /**
   * How often a write to the disk has failed in the background since the state was opened. After
   * the first the database may go on by itself, and whoever has it must not.
   */
  public long backgroundFailures() {
    return database.reading(opened -> opened.getLongProperty("rocksdb.background-errors"));
  }

  /** What was written and is yet to go to the disk, and what compactions may write; about. */
  public long unwrittenBytes() {
    return database.reading(
        opened -> {
          long bytes = 0;
          for (String property : UNWRITTEN) {
            bytes += opened.getLongProperty(property);
          }
          return bytes;
        });
  }

  /** A new, empty set of changes. */
  public Changes changes() {
    return new Changes(this::cachedProducer, groups);
  }

  /**
   * Writes all changes and the Raft index they belong to, at once or not at all; closes them. Apply
   * thread only.
   */
  public void write(Changes changes, long appliedIndex) throws IOException {
    database.using(
        "could not be written",
        opened -> {
          try (changes) {
            changes.batch().put(Keys.APPLIED_INDEX, Values.encode(appliedIndex));
            opened.write(withoutLog, changes.batch());
          }
          producers.wrote(changes);
          this.appliedIndex = appliedIndex;
          return true;
        });
  }

  /**
   * Raft index of the last changes that were written; {@link #NOTHING_APPLIED} before the first.
   */
  public long appliedIndex() {
    return appliedIndex;
  }

  /** Writes a copy to a directory that must not exist yet; its parent must. Apply thread only. */
  public void checkpoint(Path target) throws IOException {
    database.using(
        "could not be copied to " + target,
        opened -> {
          try (Checkpoint checkpoint = Checkpoint.create(opened)) {
            checkpoint.createCheckpoint(target.toString());
            return true;
          }
        });
  }

  /** Every consumer group with a record, an offset, history or a bookmark, by name. */
  public List<String> groups() {
    return groups.groups();
  }

  /** What a consumer group committed for a partition; null when nothing. */
  public @Nullable StoredOffset offset(String group, long topicId, int partition) {
    return groups.offset(group, topicId, partition);
  }

  /** All that a consumer group committed, by topic id and partition. */
  public List<GroupOffset> offsets(String group) {
    return groups.offsets(group);
  }

  /** The record of a consumer group, as it was put; null when there is none. */
  public byte @Nullable [] groupRecord(String group) {
    return groups.record(group);
  }

  /**
   * What changed the offsets of a consumer group, newest first.
   *
   * @param beforeId only older ones than this; 0 for the newest
   * @param countMax at most so many
   */
  public List<HistoryEntry> history(String group, long beforeId, int countMax) {
    return groups.history(group, beforeId, countMax);
  }

  /** As {@link #history}, without commits; quick however many of those there are. */
  public List<HistoryEntry> resets(String group, long beforeId, int countMax) {
    return groups.resets(group, beforeId, countMax);
  }

  /** How far the history of a consumer group reaches. */
  public HistoryBounds historyBounds(String group) {
    return groups.bounds(group);
  }

  /**
   * The entry of the history before which commits are too many or too old; 0 when none is.
   *
   * @param countMax so many entries may stay
   * @param beforeMillis older than this is too old
   */
  public long commitsToTrim(String group, int countMax, long beforeMillis) {
    return groups.commitsToTrim(group, countMax, beforeMillis);
  }

  /** As {@link #commitsToTrim}, for entries that are not commits. */
  public long resetsToTrim(String group, int countMax, long beforeMillis) {
    return groups.resetsToTrim(group, countMax, beforeMillis);
  }

  /** A bookmark of a consumer group; null when there is none of this name. */
  public @Nullable Bookmark bookmark(String group, String name) {
    return groups.bookmark(group, name);
  }

  /** The bookmarks of a consumer group, by name. */
  public List<Bookmark> bookmarks(String group) {
    return groups.bookmarks(group);
  }

  /** How many bookmarks a consumer group has. */
  public int bookmarkCount(String group) {
    return groups.bookmarkCount(group);
  }

  /**
   * The newest time that the offsets, the history or the bookmarks of a consumer group tell; 0 when
   * they tell none.
   */
  public long lastUsedMillis(String group) {
    return groups.lastUsedMillis(group);
  }

  /** What is known of a producer in a partition; null when nothing. */
  public @Nullable ProducerState producer(long topicId, int partition, long producerId) {
    byte[] value = database.get(Keys.producer(topicId, partition, producerId));
    return value == null ? null : Values.producer(value);
  }

  /** Apply thread only, so that nothing old can get into the cache behind a write. */
  private @Nullable ProducerState cachedProducer(ProducerKey key) {
    ProducerState known = producers.get(key);
    if (known == null) {
      known = producer(key.topicId(), key.partition(), key.producerId());
      if (known != null) {
        producers.put(key, known);
      }
    }
    return known;
  }

  /** Shows all producers, by topic id, partition and producer id. */
  public void forEachProducer(ProducerVisitor visitor) {
    database.scan(
        new byte[] {Keys.PRODUCERS},
        (key, value) -> {
          ByteBuffer producer = Keys.partitionOfProducer(key);
          visitor.visit(
              producer.getLong(), producer.getInt(), producer.getLong(), Values.producer(value));
        });
  }

  /** SHA-256 over everything but the applied index, to compare replicas. */
  public Digest digest() {
    MessageDigest digest = sha256();
    for (byte part : PARTS) {
      database.scan(
          new byte[] {part},
          (key, value) -> {
            digest.update(ByteBuffer.allocate(8).putInt(key.length).putInt(value.length).flip());
            digest.update(key);
            digest.update(value);
          });
    }
    return Digest.of(digest);
  }

  /** Closes the database, once nobody reads any more. */
  @Override
  public void close() {
    database.close();
    withoutLog.close();
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }
}
