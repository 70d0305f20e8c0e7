package dev.funes.chaos.fault;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The kinds of files that a node keeps, by where they lie in its data directory. */
public enum FileKind {
  /** Record batches. */
  SEGMENT("groups/\\d+/partitions/[^/]+/\\d+\\.log"),
  /** Where record batches are in a segment; can be made again. */
  INDEX("groups/\\d+/partitions/[^/]+/\\d+\\.index"),
  /** Files of a Raft log that nothing more is written to. */
  RAFT_LOG("raft/[0-9a-f-]+/current/log_\\d+-\\d+"),
  /** The file of a Raft log that is written to. */
  RAFT_LOG_END("raft/[0-9a-f-]+/current/log_inprogress_\\d+"),
  /** Term and vote. */
  RAFT_META("raft/[0-9a-f-]+/current/raft-meta"),
  /** How far a Raft log was applied. */
  APPLIED_MARK("raft/[0-9a-f-]+/applied"),
  /** Who the replicas of a raft group are. */
  RAFT_CONFIGURATION("raft/[0-9a-f-]+/current/raft-meta\\.conf"),
  /** What belongs to a checkpoint. */
  MANIFEST("groups/\\d+/checkpoints/\\d+/manifest"),
  /** A table of RocksDB, in a checkpoint. */
  STATE_TABLE("groups/\\d+/checkpoints/\\d+/state/\\d+\\.sst"),
  /** RocksDB's own list of its files, in a checkpoint. */
  STATE_MANIFEST("groups/\\d+/checkpoints/\\d+/state/MANIFEST-\\d+"),
  /** A snapshot of the metadata. */
  METADATA_SNAPSHOT("groups/0/metadata"),
  /** Whose data directory it is. */
  NODE_JSON("node\\.json(\\.copy)?");

  private static final Pattern CHECKPOINT = Pattern.compile("(groups/\\d+/checkpoints)/(\\d+)/.*");

  private static final Pattern WHOLE = Pattern.compile("\\d+");

  private final Pattern path;

  FileKind(String path) {
    this.path = Pattern.compile(path);
  }

  /** With hyphens. */
  String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * All files of this kind that have something in them, in the order of their names. Of checkpoints
   * only the newest of each raft group: a node looks at no other.
   */
  List<Path> find(Path data) throws IOException {
    try (Stream<Path> files = Files.walk(data)) {
      return files
          .filter(Files::isRegularFile)
          .filter(file -> path.matcher(data.relativize(file).toString()).matches())
          .filter(file -> file.toFile().length() > 0)
          .filter(file -> !isOfOldCheckpoint(data, file))
          .sorted()
          .toList();
    } catch (UncheckedIOException e) {
      return List.of(); // a directory went while the running node was looked at; ask again
    }
  }

  private static boolean isOfOldCheckpoint(Path data, Path file) {
    Matcher matcher = CHECKPOINT.matcher(data.relativize(file).toString());
    if (!matcher.matches()) {
      return false;
    }
    long index = Long.parseLong(matcher.group(2));
    try (Stream<Path> checkpoints = Files.list(data.resolve(matcher.group(1)))) {
      return checkpoints
          .filter(each -> Files.exists(each.resolve("manifest")))
          .map(each -> String.valueOf(each.getFileName()))
          .filter(name -> WHOLE.matcher(name).matches()) // 12.tmp is not done yet
          .anyMatch(name -> Long.parseLong(name) > index);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
