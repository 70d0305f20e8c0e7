package dev.funes.state;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;

/**
 * A database that nobody can use after it was closed: RocksDB would crash the process if it were
 * closed under its readers. Any thread; a read that fails in the database throws
 * UncheckedIOException, and every use after {@link #close} StateClosedException.
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
        Keys.after(prefix),
        (key, value) -> {
          visitor.entry(key, value);
          return true;
        });
  }

  /** Shows what there is from a key on and before another, in order. */
  void scan(byte[] from, byte[] end, SomeEntries visitor) {
    within(
        from,
        end,
        entries -> {
          entries.seekToFirst();
          while (entries.isValid() && visitor.entry(entries.key(), entries.value())) {
            entries.next();
          }
        });
  }

  /** Shows what there is from a key on and before another, from the end backwards. */
  void scanBack(byte[] from, byte[] end, SomeEntries visitor) {
    within(
        from,
        end,
        entries -> {
          entries.seekToLast();
          while (entries.isValid() && visitor.entry(entries.key(), entries.value())) {
            entries.prev();
          }
        });
  }

  interface Walk {
    void walk(RocksIterator entries);
  }

  /**
   * Opens an iterator that ends where it should. Without bounds it would look behind the end for
   * something that is not deleted, past everything that is.
   */
  void within(byte[] from, byte[] end, Walk walk) {
    reading(
        opened -> {
          try (Slice lower = new Slice(from);
              Slice upper = new Slice(end);
              ReadOptions bounded =
                  new ReadOptions().setIterateLowerBound(lower).setIterateUpperBound(upper);
              RocksIterator entries = opened.newIterator(bounded)) {
            walk.walk(entries);
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
        throw new StateClosedException(directory + " is closed");
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
