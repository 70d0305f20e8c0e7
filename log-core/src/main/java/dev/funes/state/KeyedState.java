package dev.funes.state;

import dev.funes.log.Digest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;
import org.rocksdb.Checkpoint;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteOptions;

/**
 * The keyed state of a raft group on this node: offsets of consumer groups, and producers.
 *
 * <p>The apply thread writes, and takes checkpoints; any thread reads and sees what was written. A
 * read that fails in the database throws UncheckedIOException; after {@link #close} every call
 * throws IllegalStateException.
 */
public final class KeyedState implements AutoCloseable {
  /** Before anything was written. */
  public static final long NOTHING_APPLIED = -1;

  private final Path directory;
  private final StateDatabase.Opened opened;
  private final RocksDB database;
  private final WriteOptions withoutLog = new WriteOptions().setDisableWAL(true);
  private final ProducerCache producers = new ProducerCache();

  /**
   * Held to read by whoever is in the database: RocksDB would crash the process if it were closed
   * under them.
   */
  private final ReadWriteLock open = new ReentrantReadWriteLock();

  private boolean closed;
  private volatile long appliedIndex;

  private KeyedState(Path directory, StateDatabase.Opened opened) throws RocksDBException {
    this.directory = directory;
    this.opened = opened;
    this.database = opened.database();
    byte[] index = database.get(Keys.APPLIED_INDEX);
    this.appliedIndex = index == null ? NOTHING_APPLIED : Values.number(index);
  }

  /** Opens the state in a directory, empty when there is none. */
  public static KeyedState open(Path directory) throws IOException {
    StateDatabase.Opened opened = StateDatabase.open(directory);
    try {
      return new KeyedState(directory, opened);
    } catch (RocksDBException e) {
      opened.database().close();
      opened.options().close();
      throw StateDatabase.failure(directory, "could not be read", e);
    }
  }

  /**
   * Replaces the state in a directory by a copy of a checkpoint's and opens it. The checkpoint
   * stays as it is.
   *
   * @throws IOException also when the checkpoint's database is damaged; all of it is read
   */
  public static KeyedState restore(Path checkpointStateDirectory, Path directory)
      throws IOException {
    StateFiles.replace(directory, checkpointStateDirectory);
    KeyedState restored = open(directory);
    try {
      restored.database.verifyChecksum();
      return restored;
    } catch (RocksDBException e) {
      restored.close();
      throw StateDatabase.failure(checkpointStateDirectory, "is corrupt", e);
    }
  }

  /** A new, empty set of changes. */
  public Changes changes() {
    return new Changes(this::cachedProducer);
  }

  /**
   * Writes all changes and the Raft index they belong to, at once or not at all; closes them. Apply
   * thread only.
   */
  public void write(Changes changes, long appliedIndex) throws IOException {
    using(
        "could not be written",
        () -> {
          try (changes) {
            changes.batch().put(Keys.APPLIED_INDEX, Values.encode(appliedIndex));
            database.write(withoutLog, changes.batch());
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
    using(
        "could not be copied to " + target,
        () -> {
          try (Checkpoint checkpoint = Checkpoint.create(database)) {
            checkpoint.createCheckpoint(target.toString());
            return true;
          }
        });
  }

  /** What a consumer group committed for a partition; null when nothing. */
  public @Nullable StoredOffset offset(String group, long topicId, int partition) {
    byte[] value = get(Keys.offset(group, topicId, partition));
    return value == null ? null : Values.offset(value);
  }

  /** All that a consumer group committed, by topic id and partition. */
  public List<GroupOffset> offsets(String group) {
    List<GroupOffset> found = new ArrayList<>();
    scan(
        Keys.group(group),
        (key, value) -> {
          ByteBuffer partition = Keys.partitionOfOffset(key);
          found.add(new GroupOffset(partition.getLong(), partition.getInt(), Values.offset(value)));
        });
    return found;
  }

  /** The consumer groups that have committed offsets here, by name. */
  public List<String> groups() {
    return reading(
        () -> {
          List<String> found = new ArrayList<>();
          try (RocksIterator entries = database.newIterator()) {
            entries.seek(new byte[] {Keys.OFFSETS});
            while (entries.isValid() && entries.key()[0] == Keys.OFFSETS) {
              String group = Keys.groupOf(entries.key());
              found.add(group);
              entries.seek(Keys.after(Keys.group(group))); // past all offsets of the group
            }
            entries.status();
          }
          Collections.sort(found);
          return found;
        });
  }

  /** What is known of a producer in a partition; null when nothing. */
  public @Nullable ProducerState producer(long topicId, int partition, long producerId) {
    byte[] value = get(Keys.producer(topicId, partition, producerId));
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
    scan(
        new byte[] {Keys.PRODUCERS},
        (key, value) -> {
          ByteBuffer producer = Keys.partitionOfProducer(key);
          visitor.visit(
              producer.getLong(), producer.getInt(), producer.getLong(), Values.producer(value));
        });
  }

  /**
   * SHA-256 over all offsets and producers, to compare replicas; the applied index is not in it.
   */
  public Digest digest() {
    MessageDigest digest = sha256();
    for (byte part : new byte[] {Keys.OFFSETS, Keys.PRODUCERS}) {
      scan(
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
    open.writeLock().lock();
    try {
      if (!closed) {
        closed = true;
        database.close();
        withoutLog.close();
        opened.options().close();
      }
    } finally {
      open.writeLock().unlock();
    }
  }

  private byte @Nullable [] get(byte[] key) {
    return this.<byte @Nullable []>reading(() -> database.get(key));
  }

  private interface Entries {
    void entry(byte[] key, byte[] value);
  }

  private void scan(byte[] prefix, Entries visitor) {
    reading(
        () -> {
          byte[] end = Keys.after(prefix);
          try (RocksIterator entries = database.newIterator()) {
            for (entries.seek(prefix); entries.isValid(); entries.next()) {
              byte[] key = entries.key();
              if (Arrays.compareUnsigned(key, end) >= 0) {
                break;
              }
              visitor.entry(key, entries.value());
            }
            entries.status();
          }
          return true;
        });
  }

  private interface Call<T extends @Nullable Object> {
    T run() throws RocksDBException;
  }

  private <T extends @Nullable Object> T reading(Call<T> call) {
    try {
      return using("could not be read", call);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private <T extends @Nullable Object> T using(String failure, Call<T> call) throws IOException {
    open.readLock().lock();
    try {
      if (closed) {
        throw new IllegalStateException(directory + " is closed");
      }
      return call.run();
    } catch (RocksDBException e) {
      throw StateDatabase.failure(directory, failure, e);
    } finally {
      open.readLock().unlock();
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }
}
