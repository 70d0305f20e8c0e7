package dev.funes.replication;

import dev.funes.cluster.PartitionId;
import dev.funes.log.ManifestPartition;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The directories of a raft group's partitions: {@code <topic>-<partition>.<topic id>}, and with
 * {@code .dropped-<raft index>} behind it for one that was dropped by that entry and came back
 * while a checkpoint still needed its files.
 */
final class PartitionFiles {

  // A file name may have 255 bytes; the numbers and the suffix take up to 55 of them.
  private static final int TOPIC_NAME_LENGTH_MAX = 200;
  private static final String DROPPED = ".dropped-";

  /** All of them, in the raft group's directory. */
  static final String DIRECTORY = "partitions";

  private final Path directory;

  PartitionFiles(Path directory) {
    this.directory = directory;
  }

  /**
   * Where a partition lies. The topic id keeps two topics apart whose names are cut to the same.
   */
  Path directory(PartitionId id, String topicName) {
    String name = topicName.substring(0, Math.min(topicName.length(), TOPIC_NAME_LENGTH_MAX));
    return directory.resolve(name + "-" + id.partition() + "." + id.topicId());
  }

  /** What nodes call a segment's file among themselves. */
  static String name(Path file) {
    Path partition = file.toAbsolutePath().getParent();
    return DIRECTORY
        + "/"
        + (partition == null ? "" : partition.getFileName())
        + "/"
        + file.getFileName();
  }

  /** Moves the directory out of the way of the partition's next life. */
  void setAside(PartitionId id, String topicName, long index) throws IOException {
    Path from = directory(id, topicName);
    Disk.move(from, setAside(from, index));
  }

  /** Deletes what was set aside by entries up to this one. */
  void deleteSetAside(long index) throws IOException {
    for (Path each : Disk.list(directory)) {
      long droppedIndex = droppedIndex(each);
      if (droppedIndex >= 0 && droppedIndex <= index) {
        Disk.deleteTree(each);
      }
    }
  }

  /** Leaves the directories that a checkpoint at this Raft index lists, and no others. */
  void restore(List<ManifestPartition> listed, long index) throws IOException {
    Disk.createDirectories(directory);
    Map<Path, Long> setAside = firstSetAsideAfter(index);
    Set<Path> kept = new HashSet<>();
    for (ManifestPartition each : listed) {
      Path own = directory(new PartitionId(each.topicId(), each.partition()), each.topicName());
      Long droppedIndex = setAside.get(own);
      if (droppedIndex != null) {
        Disk.deleteTree(own);
        Disk.move(setAside(own, droppedIndex), own);
      }
      kept.add(own);
    }
    for (Path each : Disk.list(directory)) {
      if (!kept.contains(each)) {
        Disk.deleteTree(each);
      }
    }
  }

  /** The life that a checkpoint knew is the first one that was dropped after it. */
  private Map<Path, Long> firstSetAsideAfter(long index) throws IOException {
    Map<Path, Long> first = new HashMap<>();
    for (Path each : Disk.list(directory)) {
      long droppedIndex = droppedIndex(each);
      if (droppedIndex > index) {
        String name = String.valueOf(each.getFileName());
        Path own = directory.resolve(name.substring(0, name.lastIndexOf(DROPPED)));
        first.merge(own, droppedIndex, Math::min);
      }
    }
    return first;
  }

  private static Path setAside(Path own, long index) {
    return own.resolveSibling(own.getFileName() + DROPPED + index);
  }

  /** -1 for a directory that was not set aside. A topic may itself be named x.dropped-7. */
  private static long droppedIndex(Path path) {
    String name = String.valueOf(path.getFileName());
    int at = name.lastIndexOf(DROPPED);
    if (at < 0) {
      return -1;
    }
    try {
      return Long.parseLong(name.substring(at + DROPPED.length()));
    } catch (NumberFormatException e) {
      return -1;
    }
  }
}
