package dev.funes.replication;

import dev.funes.cluster.PartitionId;
import dev.funes.log.FileSystemSync;
import dev.funes.log.LogSettings;
import dev.funes.log.Manifest;
import dev.funes.log.ManifestPartition;
import dev.funes.log.OpenFiles;
import dev.funes.log.PartitionCheckpoint;
import dev.funes.log.PartitionLog;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The partitions of one raft group on this node, and where their files lie.
 *
 * <p>The files of a dropped partition stay until a checkpoint that no longer lists it is durable: a
 * restart before that goes back to a checkpoint that needs them.
 *
 * <p>The apply thread changes it, any thread looks partitions up, the checkpoint thread forces and
 * deletes.
 */
final class Partitions implements AutoCloseable {

  /** A partition that is there. */
  record Partition(PartitionId id, String topicName, PartitionLog log) {}

  /** A partition and what it held when the checkpoint was taken. */
  record Captured(Partition partition, PartitionCheckpoint checkpoint) {
    ManifestPartition manifest() {
      return new ManifestPartition(
          partition.id.topicId(),
          partition.id.partition(),
          partition.topicName,
          partition.log.settings(),
          checkpoint);
    }
  }

  /**
   * A partition that is not there any more, by an entry with this Raft index, but its files are.
   */
  private record Dropped(Partition partition, long index) {}

  private static final int RELEASES_PER_ROUND_MAX = 16;

  private final PartitionFiles files;
  private final FileSystemSync fileSystem;
  private final OpenFiles openFiles;
  private final Consumer<PartitionId> listener;
  private final Map<PartitionId, Partition> live = new ConcurrentHashMap<>();
  private final ConcurrentLinkedQueue<Dropped> dropped = new ConcurrentLinkedQueue<>();
  // Held by whoever forces, moves or deletes files, so that none does it to a closed log.
  private final ReentrantLock filesLock = new ReentrantLock();

  private Partitions(Path directory, OpenFiles openFiles, Consumer<PartitionId> listener) {
    this.files = new PartitionFiles(directory);
    this.fileSystem = FileSystemSync.of(directory);
    this.openFiles = openFiles;
    this.listener = listener;
  }

  /**
   * Goes back to a checkpoint, or to nothing when there is none: files that it does not list go.
   *
   * @param openFiles the files that this raft group's active segments may have open
   * @param listener is told of each partition that comes or goes, on the apply thread
   */
  static Partitions restore(
      Path directory,
      @Nullable Manifest manifest,
      OpenFiles openFiles,
      Consumer<PartitionId> listener)
      throws IOException {
    Disk.createDirectories(directory);
    Partitions partitions = new Partitions(directory, openFiles, listener);
    List<ManifestPartition> listed = manifest == null ? List.of() : manifest.partitions();
    partitions.files.restore(listed, manifest == null ? -1 : manifest.index());
    boolean whole = false;
    try {
      for (ManifestPartition each : listed) {
        PartitionId id = new PartitionId(each.topicId(), each.partition());
        PartitionLog log =
            PartitionLog.restore(
                partitions.files.directory(id, each.topicName()),
                each.settings(),
                each.checkpoint(),
                openFiles);
        partitions.live.put(id, new Partition(id, each.topicName(), log));
      }
      whole = true;
      return partitions;
    } finally {
      if (!whole) {
        partitions.close();
      }
    }
  }

  @Nullable PartitionLog log(PartitionId id) {
    Partition partition = live.get(id);
    return partition == null ? null : partition.log;
  }

  Collection<Partition> all() {
    return live.values();
  }

  /** Apply thread: makes a partition, or gives the one that is there these settings. */
  void put(PartitionId id, String topicName, LogSettings settings) throws IOException {
    Partition known = live.get(id);
    if (known != null) {
      if (!known.log.settings().equals(settings)) {
        known.log.alter(settings);
      }
      return;
    }
    setAside(id);
    Path directory = files.directory(id, topicName);
    PartitionLog log =
        PartitionLog.restore(directory, settings, PartitionCheckpoint.EMPTY, openFiles);
    live.put(id, new Partition(id, topicName, log));
    listener.accept(id);
  }

  /** Apply thread: false when there is no such partition. */
  boolean drop(PartitionId id, long index) {
    Partition partition = live.get(id);
    if (partition == null) {
      return false;
    }
    dropped.add(new Dropped(partition, index)); // first: the checkpoint thread must find it
    live.remove(id);
    listener.accept(id);
    return true;
  }

  /** Makes room for a partition that comes back before the files of its former life are gone. */
  private void setAside(PartitionId id) throws IOException {
    filesLock.lock();
    try {
      for (Iterator<Dropped> each = dropped.iterator(); each.hasNext(); ) {
        Dropped former = each.next();
        if (former.partition.id.equals(id)) {
          former.partition.log.force();
          former.partition.log.close();
          files.setAside(id, former.partition.topicName, former.index);
          each.remove();
        }
      }
    } finally {
      filesLock.unlock();
    }
  }

  /** Apply thread: what is there now. */
  List<Captured> capture() {
    List<Captured> captured = new ArrayList<>(live.size());
    for (Partition partition : live.values()) {
      captured.add(new Captured(partition, partition.log.checkpoint()));
    }
    captured.sort((a, b) -> a.partition.id.compareTo(b.partition.id));
    return captured;
  }

  /** Checkpoint thread: makes durable what was captured. */
  void force(List<Captured> captured) throws IOException {
    filesLock.lock();
    try {
      PartitionLog.forceAll(
          captured.stream()
              .map(Captured::partition)
              .filter(partition -> !isSetAside(partition))
              .map(Partition::log)
              .toList(),
          fileSystem);
    } finally {
      filesLock.unlock();
    }
  }

  /** Checkpoint thread: gives back what memory and mappings the logs can do without just now. */
  void unload() {
    filesLock.lock();
    try {
      int releases = RELEASES_PER_ROUND_MAX;
      for (Partition partition : live.values()) {
        releases -= partition.log.unload(releases);
      }
    } finally {
      filesLock.unlock();
    }
  }

  private boolean isSetAside(Partition partition) {
    if (partition.equals(live.get(partition.id))) {
      return false;
    }
    return dropped.stream().noneMatch(each -> each.partition.equals(partition));
  }

  /** Checkpoint thread: deletes what only older checkpoints than this durable one need. */
  void deleteRetired(List<Captured> captured, long index) throws IOException {
    filesLock.lock();
    try {
      for (Captured each : captured) {
        if (each.partition.equals(live.get(each.partition.id))) {
          each.partition.log.deleteRetired(each.checkpoint);
        }
      }
      for (Iterator<Dropped> each = dropped.iterator(); each.hasNext(); ) {
        Dropped former = each.next();
        if (former.index <= index) {
          former.partition.log.delete();
          each.remove();
        }
      }
      files.deleteSetAside(index);
    } finally {
      filesLock.unlock();
    }
  }

  /** Closes all logs because others take their place; see {@link PartitionLog#release}. */
  void release() {
    filesLock.lock();
    try {
      live.values().forEach(partition -> partition.log.release());
      dropped.forEach(former -> former.partition.log.close());
      dropped.clear();
      fileSystem.close();
    } finally {
      filesLock.unlock();
    }
  }

  @Override
  public void close() {
    filesLock.lock();
    try {
      live.values().forEach(partition -> partition.log.close());
      dropped.forEach(former -> former.partition.log.close());
      live.clear();
      dropped.clear();
      fileSystem.close();
    } finally {
      filesLock.unlock();
    }
  }
}
