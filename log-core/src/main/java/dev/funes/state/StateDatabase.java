package dev.funes.state;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.rocksdb.AbstractEventListener;
import org.rocksdb.AbstractEventListener.EnabledEventCallback;
import org.rocksdb.BackgroundErrorReason;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;
import org.rocksdb.WriteBufferManager;

/** Opens RocksDB for what the keyed state is: small values, few at a time, no log of its own. */
final class StateDatabase {
  private static final long CACHE_BYTES = 32L << 20;
  private static final long WRITE_BUFFERS_BYTES = 24L << 20;
  private static final long WRITE_BUFFER_BYTES = 4L << 20;
  private static final long INFO_LOG_BYTES_MAX = 1L << 20;
  private static final int OPEN_FILES_MAX = 128;
  private static final double FILTER_BITS_A_KEY = 10;

  /**
   * One budget for all raft groups of the node, however many there are; the buffers count against
   * the cache.
   */
  private static final Cache CACHE;

  private static final WriteBufferManager WRITE_BUFFERS;

  static {
    RocksDB.loadLibrary();
    CACHE = new LRUCache(CACHE_BYTES);
    WRITE_BUFFERS = new WriteBufferManager(WRITE_BUFFERS_BYTES, CACHE);
  }

  private StateDatabase() {}

  /** What has to be closed after the database, too. */
  record Opened(RocksDB database, Options options, AbstractEventListener listener)
      implements AutoCloseable {
    @Override
    public void close() {
      database.close();
      options.close();
      listener.close();
    }
  }

  /**
   * @param createIfMissing false to fail when there is no database
   * @param onFailure is told, on a thread of the database, when a write in the background has
   *     failed. The database would go on by itself after some of these failures
   */
  static Opened open(Path directory, boolean createIfMissing, Consumer<IOException> onFailure)
      throws IOException {
    Files.createDirectories(directory);
    AbstractEventListener listener =
        new AbstractEventListener(EnabledEventCallback.ON_BACKGROUND_ERROR) {
          @Override
          public void onBackgroundError(BackgroundErrorReason reason, Status status) {
            onFailure.accept(
                new IOException(
                    directory
                        + " could not be written in the background: "
                        + text(reason, status)));
          }
        };
    Options options =
        new Options()
            .setCreateIfMissing(createIfMissing)
            .setWriteBufferManager(WRITE_BUFFERS)
            .setWriteBufferSize(WRITE_BUFFER_BYTES)
            .setMaxOpenFiles(OPEN_FILES_MAX)
            .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
            .setMaxLogFileSize(INFO_LOG_BYTES_MAX)
            .setKeepLogFileNum(1)
            .setListeners(List.of(listener))
            .setTableFormatConfig(
                new BlockBasedTableConfig()
                    .setBlockCache(CACHE)
                    .setFilterPolicy(new BloomFilter(FILTER_BITS_A_KEY))
                    .setCacheIndexAndFilterBlocks(true));
    try {
      return new Opened(RocksDB.open(options, directory.toString()), options, listener);
    } catch (RocksDBException e) {
      options.close();
      listener.close();
      throw failure(directory, "could not be opened", e);
    }
  }

  private static String text(BackgroundErrorReason reason, @Nullable Status status) {
    return reason + (status == null ? "" : ", " + status.getCodeString());
  }

  static IOException failure(Path directory, String what, RocksDBException cause) {
    return new IOException(directory + " " + what + ": " + cause.getMessage(), cause);
  }
}
