package dev.funes.raft;

import dev.funes.cluster.RaftGroupId;
import java.io.IOException;
import java.io.StringReader;
import java.lang.foreign.Arena;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Properties;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.thirdparty.com.google.protobuf.InvalidProtocolBufferException;
import org.apache.ratis.util.MetaChecksum;

/**
 * Where Ratis keeps log, term, vote and voters of one raft group.
 *
 * <p>Ratis reads what is here without asking whether all of it is here: it takes a vote that is
 * missing for one never given, and fails with the whole node when a file does not match its
 * checksums. So everything is looked at before.
 */
public final class RaftGroupDirectory {

  private static final Pattern LOG_FILE =
      Pattern.compile("log_(?:(\\d+)-(\\d+)|inprogress_(\\d+))");
  private static final Pattern WITHOUT_CHECKSUM = Pattern.compile("\n(term|votedFor)=[^\n]*\n$");
  private static final String VOTE = "raft-meta";

  private final Path path;
  private final Path current;

  private RaftGroupDirectory(Path path) {
    this.path = path;
    this.current = path.resolve("current");
  }

  static RaftGroupDirectory of(RaftSettings settings, String clusterId, RaftGroupId group) {
    return of(settings.directory(), clusterId, group);
  }

  /**
   * The directory of a raft group.
   *
   * @param directory see {@link RaftSettings#directory}
   */
  public static RaftGroupDirectory of(Path directory, String clusterId, RaftGroupId group) {
    return new RaftGroupDirectory(directory.resolve(group.uuid(clusterId).toString()));
  }

  public Path path() {
    return path;
  }

  public boolean exists() {
    return Files.exists(path);
  }

  /**
   * Drops what is old, cuts a torn tail, and refuses everything that is not as a crash may leave
   * it.
   *
   * @param checkpointIndex Raft index of the state's checkpoint, -1 when there is none
   * @param copied whether that came from another node: a Raft log that ends before it is no damage
   *     then, and goes
   */
  void repair(long checkpointIndex, boolean copied) throws IOException {
    if (!Files.isDirectory(current)) {
      if (checkpointIndex >= 0 || AppliedMark.read(path, false) >= 0) {
        throw new CorruptRaftLogException(current, 0, "the Raft log is missing");
      }
      return;
    }
    if (copied) {
      CoveredRaftLog.drop(path, checkpointIndex);
    }
    SortedMap<Long, Path> log = logFiles();
    long applied = AppliedMark.read(path, !log.isEmpty());
    boolean used =
        !log.isEmpty() || checkpointIndex >= 0 || applied >= 0 || Files.exists(votersFile());
    if (used || Files.exists(current.resolve(VOTE))) {
      requireVote();
    }
    if (Files.exists(votersFile())) { // else the beginning of the log may be all that knows them
      requireVoters(used);
      OldRaftLog.drop(current, log, checkpointIndex);
    }
    RaftLogTail.repair(path, Math.max(checkpointIndex, applied));
    long next = requireClosedFilesWhole(log);
    if (log.isEmpty() && used && !copied) {
      throw new CorruptRaftLogException(current, 0, "the Raft log is missing");
    }
    long needed = copied && applied <= checkpointIndex ? -1 : Math.max(checkpointIndex, applied);
    if (needed >= 0 && next <= needed) {
      throw new CorruptRaftLogException(
          log.isEmpty() ? current : log.sequencedValues().getLast(),
          0,
          "the Raft log ends before index " + needed + ", which was applied");
    }
    if (!log.isEmpty() && log.firstKey() > checkpointIndex + 1) {
      throw new CorruptRaftLogException(
          log.sequencedValues().getFirst(),
          0,
          "the Raft log begins after index " + (checkpointIndex + 1) + ", which is needed");
    }
    if (log.isEmpty() || log.firstKey() > 0) {
      requireVoters(used);
    }
  }

  /** The next index after all files; -1 when there are none. */
  private static long requireClosedFilesWhole(SortedMap<Long, Path> log) throws IOException {
    long expected = -1;
    for (var each : log.entrySet()) {
      Path file = each.getValue();
      if (expected >= 0 && each.getKey() != expected) {
        throw new CorruptRaftLogException(
            file, 0, "the entries from index " + expected + " on are missing before it");
      }
      Matcher name = matched(file);
      if (name.group(2) == null) {
        return lastIndexOf(file, each.getKey()) + 1;
      }
      long last = Long.parseLong(name.group(2));
      requireWhole(file, each.getKey(), last);
      expected = last + 1;
    }
    return expected;
  }

  private static void requireWhole(Path file, long first, long last) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        Arena arena = Arena.ofConfined()) {
      RaftLogScan scan = scan(channel, arena, first);
      if (scan.lastIndex() != last || !scan.endsCleanly()) {
        throw new CorruptRaftLogException(
            file,
            scan.end(),
            "its last whole record is index "
                + scan.lastIndex()
                + ", but it was closed at "
                + last);
      }
    }
  }

  private static long lastIndexOf(Path file, long first) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        Arena arena = Arena.ofConfined()) {
      return scan(channel, arena, first).lastIndex();
    }
  }

  private static RaftLogScan scan(FileChannel channel, Arena arena, long first) throws IOException {
    return RaftLogScan.of(
        channel
            .map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena)
            .asByteBuffer()
            .order(ByteOrder.BIG_ENDIAN),
        first);
  }

  /** Without it the node might vote twice in a term. */
  private void requireVote() throws IOException {
    Path file = current.resolve(VOTE);
    Properties properties = new Properties();
    try {
      byte[] bytes = Files.readAllBytes(file);
      // Ratis writes ASCII; whatever else is in it is damage, and not an error of the disk.
      String text = new String(bytes, StandardCharsets.ISO_8859_1);
      properties.load(new StringReader(text));
      if (Long.parseLong(properties.getProperty("term", "")) < 0) {
        throw new IllegalArgumentException("term is negative");
      }
      String votedFor = properties.getProperty("votedFor");
      if (votedFor == null) {
        throw new IllegalArgumentException("votedFor is missing");
      }
      if (!votedFor.isEmpty()) {
        RatisIds.node(votedFor);
      }
      // Files of before there were checksums end with a setting.
      if (!MetaChecksum.matches(file, bytes) && !WITHOUT_CHECKSUM.matcher(text).find()) {
        throw new IllegalArgumentException("they do not match their checksum");
      }
    } catch (NoSuchFileException e) {
      throw new CorruptRaftLogException(file, 0, "term and vote are missing");
    } catch (IllegalArgumentException e) {
      throw new CorruptRaftLogException(file, 0, "term and vote cannot be read: " + e.getMessage());
    }
  }

  /** Where the Raft log does not begin at the beginning it may not say who votes. */
  private void requireVoters(boolean used) throws IOException {
    if (!used) {
      return;
    }
    Path file = votersFile();
    int voters;
    try {
      byte[] bytes = Files.readAllBytes(file);
      LogEntryProto entry = LogEntryProto.parseFrom(bytes);
      voters = entry.getConfigurationEntry().getPeersCount();
      // Files of before there were checksums have no field that is not known.
      if (!MetaChecksum.matches(file, bytes) && !entry.getUnknownFields().asMap().isEmpty()) {
        throw new CorruptRaftLogException(file, 0, "the voters do not match their checksum");
      }
    } catch (NoSuchFileException e) {
      throw new CorruptRaftLogException(file, 0, "the voters are missing");
    } catch (InvalidProtocolBufferException e) {
      throw new CorruptRaftLogException(file, 0, "the voters cannot be read: " + e.getMessage());
    }
    if (voters == 0) {
      throw new CorruptRaftLogException(file, 0, "there are no voters in it");
    }
  }

  private Path votersFile() {
    return current.resolve("raft-meta.conf");
  }

  /** By their first Raft index. */
  private SortedMap<Long, Path> logFiles() throws IOException {
    List<Path> all;
    try (Stream<Path> files = Files.list(current)) {
      all = files.filter(file -> matcher(file).matches()).sorted().toList();
    }
    SortedMap<Long, Path> log = new TreeMap<>();
    for (Path file : all) {
      if (Files.size(file) == 0) {
        continue; // made by a crash before its first byte; Ratis deletes it
      }
      Matcher name = matched(file);
      long first = Long.parseLong(name.group(1) != null ? name.group(1) : name.group(3));
      if (log.put(first, file) != null) {
        throw new CorruptRaftLogException(file, 0, "there is another file with its first entry");
      }
    }
    return log;
  }

  private static Matcher matcher(Path file) {
    return LOG_FILE.matcher(String.valueOf(file.getFileName()));
  }

  private static Matcher matched(Path file) {
    Matcher matcher = matcher(file);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("expected a file of a Raft log, was " + file);
    }
    return matcher;
  }
}
