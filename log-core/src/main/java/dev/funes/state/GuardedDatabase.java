package dev.funes.state;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;

/**
 * A database that nobody can use after it was closed: RocksDB would crash the process if it were
 * closed under its readers. Any thread; a read that fails in the database throws
 * UncheckedIOException, and every use after {@link #close} IllegalStateException.
 */
final class GuardedDatabase implements AutoCloseable {
  private final Path directory;
  private final StateDatabase.Opened opened;
  private final RocksDB database;

  /** Held to read by whoever is in the database. */
  private final ReadWriteLock open = new ReentrantReadWriteLock();

  private boolean closed;

  GuardedDatabase(Path directory, StateDatabase.Opened opened) {
    this.directory = directory;
    this.opened = opened;
    this.database = opened.database();
  }

  interface Call<T extends @Nullable Object> {
    T run(RocksDB database) throws RocksDBException;
  }

  interface Entries {
    void entry(byte[] key, byte[] value);
  }

  interface SomeEntries {
    /** Whether to go on. */
    boolean entry(byte[] key, byte[] value);
  }

  byte @Nullable [] get(byte[] key) {
    return this.<byte @Nullable []>reading(database -> database.get(key));
  }

  /** Shows everything that starts with the prefix, in order. */
  void scan(byte[] prefix, Entries visitor) {
    scan(
        prefix,
        prefix,
        (key, value) -> {
          visitor.entry(key, value);
          return true;
        });
  }

  /** Shows what starts with the prefix, in order, from a key on. */
  void scan(byte[] prefix, byte[] from, SomeEntries visitor) {
    reading(
        database -> {
          byte[] end = Keys.after(prefix);
          try (RocksIterator entries = database.newIterator()) {
            for (entries.seek(from); entries.isValid(); entries.next()) {
              byte[] key = entries.key();
              if (Arrays.compareUnsigned(key, end) >= 0 || !visitor.entry(key, entries.value())) {
                break;
              }
            }
            entries.status();
          }
          return true;
        });
  }

  /** Shows what starts with the prefix, from a key backwards. */
  void scanBack(byte[] prefix, byte[] from, SomeEntries visitor) {
    reading(
        database -> {
          try (RocksIterator entries = database.newIterator()) {
            for (entries.seekForPrev(from); entries.isValid(); entries.prev()) {
              byte[] key = entries.key();
              if (Arrays.compareUnsigned(key, prefix) < 0 || !visitor.entry(key, entries.value())) {
                break;
              }
            }
            entries.status();
          }
          return true;
        });
  }

  <T extends @Nullable Object> T reading(Call<T> call) {
    try {
      return using("could not be read", call);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The exception says that the directory {@code failure}. */
  <T extends @Nullable Object> T using(String failure, Call<T> call) throws IOException {
    open.readLock().lock();
    try {
      if (closed) {
        throw new IllegalStateException(directory + " is closed");
      }
      return call.run(database);
    } catch (RocksDBException e) {
      throw StateDatabase.failure(directory, failure, e);
    } finally {
      open.readLock().unlock();
    }
  }

  /** Closes the database, once nobody is in it any more. */
  @Override
  public void close() {
    open.writeLock().lock();
    try {
      if (!closed) {
        closed = true;
        database.close();
        opened.options().close();
      }
    } finally {
      open.writeLock().unlock();
    }
  }
}
