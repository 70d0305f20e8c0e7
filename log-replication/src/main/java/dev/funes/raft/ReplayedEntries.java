package dev.funes.raft;

import java.io.IOException;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.server.raftlog.segmented.CachedEntries;
import org.apache.ratis.server.storage.RaftStorage;

/**
 * Lets go of entries that were read from the Raft log to be applied again after a start. Ratis
 * reads a whole file for the first of its entries, and after a start lets go of none that the
 * checkpoint does not cover until it has completed another file: a node with more to apply again
 * than it has heap could not start.
 */
final class ReplayedEntries {

  private final long fileBytes;
  private volatile long lastComplete = RaftLog.INVALID_LOG_INDEX;
  private long appliedBytes; // apply thread

  /**
   * @param fileBytes size of a file of the Raft log: how much is applied before the next look
   */
  ReplayedEntries(long fileBytes) {
    this.fileBytes = fileBytes;
  }

  /** Looks at the files that are there, before Ratis opens the Raft log. */
  void begin(RaftStorage storage) throws IOException {
    lastComplete = CachedEntries.lastComplete(storage);
  }

  /** Entries from this index on are replaced: from now on they are in other files. Any thread. */
  synchronized void truncated(long index) {
    lastComplete = Math.min(lastComplete, index - 1);
  }

  /** Apply thread. */
  void applied(RaftLog log, long index, int bytes) {
    if (appliedBytes < 0) {
      return;
    }
    boolean last = index >= lastComplete;
    appliedBytes += bytes;
    if (last || appliedBytes >= fileBytes) {
      CachedEntries.release(log, Math.min(index, lastComplete));
      appliedBytes = last ? -1 : 0;
    }
  }

  /** Whether entries may still come from files that were complete at the start. Apply thread. */
  boolean isUnderWay() {
    return appliedBytes >= 0;
  }
}
