package dev.funes.raft;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteOrder;
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
 * Cuts the torn tail that a crash may leave at the end of a Raft log, before Ratis reads it: Ratis
 * takes it for damage, and then no raft group of the node would start.
 *
 * <p>A record that is not whole and has nothing whole behind it, in the file that was being
 * written, is what a crash leaves of a record whose force had not returned, so that it was never
 * acknowledged. Anything else is damage to what may have been acknowledged, and is refused; so is a
 * tail that was applied. The files that are complete are left for {@link RaftGroupDirectory}.
 */
final class RaftLogTail {

  private static final Logger LOG = LoggerFactory.getLogger(RaftLogTail.class);
  private static final Pattern OPEN_FILE = Pattern.compile("log_inprogress_(\\d+)");

  private RaftLogTail() {}

  /**
   * Makes the log of one raft group readable.
   *
   * @param directory of the raft group; need not be there
   * @param appliedIndex Raft index that must not be cut off; -1 when there is none
   * @throws CorruptRaftLogException when there is damage that is no torn tail
   */
  static void repair(Path directory, long appliedIndex) throws IOException {
    Path current = directory.resolve("current");
    if (!Files.isDirectory(current)) {
      return;
    }
    List<Path> open;
    try (Stream<Path> files = Files.list(current)) {
      open = files.filter(file -> OPEN_FILE.matcher(name(file)).matches()).sorted().toList();
    }
    if (open.size() > 1) {
      throw new CorruptRaftLogException(
          open.getFirst(), 0, "only one file of a Raft log can be in progress, here are " + open);
    }
    for (Path file : open) {
      repairFile(file, firstIndex(file), appliedIndex);
    }
  }

  /** Raft index of the last whole record of a file that is in progress. */
  static long lastIndex(Path file, long firstIndex) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        Arena arena = Arena.ofConfined()) {
      return RaftLogScan.of(
              channel
                  .map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena)
                  .asByteBuffer()
                  .order(ByteOrder.BIG_ENDIAN),
              firstIndex)
          .lastIndex();
    }
  }

  private static void repairFile(Path file, long firstIndex, long appliedIndex) throws IOException {
    long cutAt;
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      if (channel.size() == 0) {
        return;
      }
      try (Arena arena = Arena.ofConfined()) {
        cutAt = damage(file, channel, arena, firstIndex, appliedIndex);
      }
      if (cutAt < 0) {
        return;
      }
      LOG.warn(
          "cutting the torn tail of {}: {} bytes from position {}, of which nothing was applied",
          file,
          channel.size() - cutAt,
          cutAt);
      channel.truncate(cutAt);
      channel.force(true);
    }
  }

  /** Byte position at which to cut; -1 when the file is sound. */
  private static long damage(
      Path file, FileChannel channel, Arena arena, long firstIndex, long appliedIndex)
      throws IOException {
    RaftLogScan scan =
        RaftLogScan.of(
            channel
                .map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena)
                .asByteBuffer()
                .order(ByteOrder.BIG_ENDIAN),
            firstIndex);
    if (scan.endsCleanly()) {
      return -1;
    }
    int behind = scan.wholeRecordBehind();
    if (behind >= 0) {
      throw new CorruptRaftLogException(
          file, scan.end(), "a whole record follows at position " + behind);
    }
    if (scan.lastIndex() < appliedIndex) {
      throw new CorruptRaftLogException(
          file,
          scan.end(),
          "its last whole record is index "
              + scan.lastIndex()
              + ", but index "
              + appliedIndex
              + " was applied");
    }
    return scan.end();
  }

  private static long firstIndex(Path file) {
    Matcher matcher = OPEN_FILE.matcher(name(file));
    if (!matcher.matches()) {
      throw new IllegalArgumentException("expected log_inprogress_<index>, was " + file);
    }
    return Long.parseLong(matcher.group(1));
  }

  private static String name(Path file) {
    return file.getFileName().toString();
  }
}
