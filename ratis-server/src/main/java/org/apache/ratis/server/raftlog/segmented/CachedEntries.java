package org.apache.ratis.server.raftlog.segmented;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.server.storage.RaftStorage;

/**
 * Files of a Raft log, and their entries that are in memory. No class of Ratis: it is in this
 * package for what Ratis keeps to itself. Any thread.
 */
public final class CachedEntries {

  private CachedEntries() {}

  /** Raft index of the last entry that is in a complete file; -1 when there is no such file. */
  public static long lastComplete(RaftStorage storage) throws IOException {
    return LogSegmentPath.getLogSegmentPaths(storage).stream()
        .map(LogSegmentPath::getStartEnd)
        .filter(file -> !file.isOpen())
        .mapToLong(LogSegmentStartEnd::getEndIndex)
        .max()
        .orElse(RaftLog.INVALID_LOG_INDEX);
  }

  /**
   * Lets go of the entries of all files that end at or before an index. They are read again when
   * somebody asks for them.
   *
   * @param index applied, and in a file that is complete on the disk
   */
  public static void release(RaftLog log, long index) {
    if (log instanceof SegmentedRaftLog files) {
      files.getRaftLogCache().evictCache(new long[0], index, index);
    }
  }

  /**
   * Raft index of the last entry of each complete file that ends at or before an index, from the
   * first file on.
   */
  public static List<Long> ends(RaftLog log, long index) {
    List<Long> ends = new ArrayList<>();
    if (log instanceof SegmentedRaftLog files) {
      SegmentedRaftLogCache cache = files.getRaftLogCache();
      LogSegment file = cache.getSegment(cache.getStartIndex());
      while (file != null && !file.isOpen() && file.getEndIndex() <= index) {
        ends.add(file.getEndIndex());
        file = cache.getSegment(file.getEndIndex() + 1);
      }
    }
    return ends;
  }

  /** How many complete files have entries in memory. */
  public static long files(RaftLog log) {
    return log instanceof SegmentedRaftLog files
        ? files.getRaftLogCache().getCachedSegmentNum()
        : 0;
  }
}
