package dev.funes.cli.produce;

import dev.funes.client.RecordPosition;
import java.util.Arrays;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Counts what the cluster has taken. Thread-safe. */
final class Acknowledgements {
  private static final long NONE = -1;

  /** A record that was not written. */
  record Failed(long lineNumber, Throwable cause) {}

  // Guarded by this, like all that follows but firstFailure, which the sender reads for each
  // record.
  private final long[] lastOffsets;
  private long records;
  private long bytes;
  private volatile @Nullable Failed firstFailure;

  Acknowledgements(int partitionCount) {
    lastOffsets = new long[partitionCount];
    Arrays.fill(lastOffsets, NONE);
  }

  /** A record was written, or the cause is there. */
  synchronized void completed(
      long lineNumber,
      int recordBytes,
      @Nullable RecordPosition position,
      @Nullable Throwable cause) {
    if (position != null) {
      records++;
      bytes += recordBytes;
      int partition = position.partition();
      lastOffsets[partition] = Math.max(lastOffsets[partition], position.offset());
    } else if (cause != null) {
      Failed before = firstFailure;
      if (before == null || lineNumber < before.lineNumber()) {
        firstFailure = new Failed(lineNumber, cause);
      }
    }
  }

  synchronized long records() {
    return records;
  }

  /** Keys and values. */
  synchronized long bytes() {
    return bytes;
  }

  /** The last offset written in each partition that got something. */
  synchronized SortedMap<Integer, Long> lastOffsets() {
    SortedMap<Integer, Long> written = new TreeMap<>();
    for (int partition = 0; partition < lastOffsets.length; partition++) {
      if (lastOffsets[partition] != NONE) {
        written.put(partition, lastOffsets[partition]);
      }
    }
    return written;
  }

  /** The failed record that stood first in the input; null when none has failed. */
  @Nullable Failed firstFailure() {
    return firstFailure;
  }
}
