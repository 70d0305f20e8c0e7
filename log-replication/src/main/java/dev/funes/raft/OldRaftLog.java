package dev.funes.raft;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.SortedMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drops, when a raft group starts, most of the Raft log that its checkpoint covers. It was kept for
 * nodes that are away; but whatever is kept is read before the raft group runs, and a restart must
 * not take minutes for their sake. One that asks for what is gone is given a checkpoint.
 */
final class OldRaftLog {

  /** A node that restarts while another was away for seconds still has what that one lacks. */
  static final long KEPT_BYTES = 64L << 20;

  private static final Logger LOG = LoggerFactory.getLogger(OldRaftLog.class);

  private OldRaftLog() {}

  /**
   * Takes the oldest files from the disk and from the map, until those that end at or before the
   * checkpoint have at most {@link #KEPT_BYTES}.
   *
   * @param directory of the files
   * @param log the files by their first Raft index
   */
  static void drop(Path directory, SortedMap<Long, Path> log, long checkpointIndex)
      throws IOException {
    Deque<Map.Entry<Long, Path>> covered = new ArrayDeque<>(); // newest first
    Map.Entry<Long, Path> before = null;
    for (Map.Entry<Long, Path> file : log.entrySet()) {
      if (before != null && file.getKey() <= checkpointIndex + 1) {
        covered.addFirst(before);
      }
      before = file;
    }
    long keptBytes = 0;
    while (!covered.isEmpty()) {
      keptBytes += Files.size(covered.getFirst().getValue());
      if (keptBytes > KEPT_BYTES) {
        break;
      }
      covered.removeFirst();
    }
    if (covered.isEmpty()) {
      return;
    }
    LOG.info(
        "dropping {} files of the Raft log in {}, which the checkpoint of index {} covers",
        covered.size(),
        directory,
        checkpointIndex);
    while (!covered.isEmpty()) {
      Map.Entry<Long, Path> oldest = covered.removeLast(); // so that a crash leaves no gap
      Files.delete(oldest.getValue());
      log.remove(oldest.getKey());
    }
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
