package dev.funes.state;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
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
  record Opened(RocksDB database, Options options) {}

  /**
   * @param isCopy true for a copy of a checkpoint: to fail when there is none, and to leave its
   *     tables as they are until {@link #compact}
   */
  static Opened open(Path directory, boolean isCopy) throws IOException {
    Files.createDirectories(directory);
    Options options =
        new Options()
            .setCreateIfMissing(!isCopy)
            .setDisableAutoCompactions(isCopy)
            .setWriteBufferManager(WRITE_BUFFERS)
            .setWriteBufferSize(WRITE_BUFFER_BYTES)
            .setMaxOpenFiles(OPEN_FILES_MAX)
            .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
            .setMaxLogFileSize(INFO_LOG_BYTES_MAX)
            .setKeepLogFileNum(1)
            .setTableFormatConfig(
                new BlockBasedTableConfig()
                    .setBlockCache(CACHE)
                    .setFilterPolicy(new BloomFilter(FILTER_BITS_A_KEY))
                    .setCacheIndexAndFilterBlocks(true));
    try {
      return new Opened(RocksDB.open(options, directory.toString()), options);
    } catch (RocksDBException e) {
      options.close();
      throw failure(directory, "could not be opened", e);
    }
  }

  /** Lets a database that was opened as a copy compact its tables from now on. */
  static void compact(RocksDB database) throws RocksDBException {
    database.enableAutoCompaction(List.of(database.getDefaultColumnFamily()));
  }

  static IOException failure(Path directory, String what, RocksDBException cause) {
    return new IOException(directory + " " + what + ": " + cause.getMessage(), cause);
  }
}
