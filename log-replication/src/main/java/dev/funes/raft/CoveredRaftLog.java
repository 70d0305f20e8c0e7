package dev.funes.raft;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes a Raft log that a checkpoint has overtaken. A replica that was away too long goes over to
 * a checkpoint of its leader's, and Ratis then drops the log, which ends before it; when the node
 * dies between the two, Ratis would go on behind the old entries as if there were no gap.
 *
 * <p>Only for a checkpoint that came from another node, and only when no entry is behind it: the
 * vote and everything that this node may have acknowledged after the checkpoint stay.
 */
final class CoveredRaftLog {

  private static final Logger LOG = LoggerFactory.getLogger(CoveredRaftLog.class);
  private static final Pattern FILE = Pattern.compile("log_(?:inprogress_(\\d+)|\\d+-(\\d+))");

  private CoveredRaftLog() {}

  /**
   * Looks at the log of one raft group before Ratis does.
   *
   * @param directory of the raft group; need not be there
   * @param checkpointIndex of the checkpoint that was copied from another node
   */
  static void drop(Path directory, long checkpointIndex) throws IOException {
    Path current = directory.resolve("current");
    if (!Files.isDirectory(current)) {
      return;
    }
    List<Path> files;
    try (Stream<Path> all = Files.list(current)) {
      files = all.filter(file -> FILE.matcher(name(file)).matches()).toList();
    }
    long last = -1;
    for (Path file : files) {
      last = Math.max(last, lastIndex(file));
    }
    if (files.isEmpty() || last > checkpointIndex) {
      return;
    }
    LOG.info(
        "the Raft log in {} ends at index {}, before the checkpoint of index {} that was copied; removing it",
        current,
        last,
        checkpointIndex);
    for (Path file : files) {
      Files.delete(file);
    }
    try (FileChannel channel = FileChannel.open(current, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private static long lastIndex(Path file) throws IOException {
    Matcher matcher = FILE.matcher(name(file));
    if (!matcher.matches()) {
      throw new IllegalArgumentException("expected a file of a Raft log, was " + file);
    }
    String first = matcher.group(1);
    return first == null
        ? Long.parseLong(matcher.group(2))
        : RaftLogTail.lastIndex(file, Long.parseLong(first));
  }

  private static String name(Path file) {
    return String.valueOf(file.getFileName());
  }
}
