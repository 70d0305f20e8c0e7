package dev.funes.replication;

import dev.funes.cluster.PartitionId;
import dev.funes.cluster.RaftGroupId;
import dev.funes.log.CheckpointStore;
import dev.funes.log.Manifest;
import dev.funes.log.ManifestPartition;
import dev.funes.log.SegmentPosition;
import dev.funes.log.SegmentPrefix;
import dev.funes.raft.TermIndexed;
import dev.funes.state.KeyedState;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Copies the newest checkpoint of a data raft group from another node, checks all of it, and makes
 * it the one that the raft group goes over to.
 */
final class CheckpointCopy {

  private final RaftGroupId group;
  private final Path directory;
  private final CheckpointSwitch files;
  private final RemoteCheckpoints remote;
  private final CheckpointCopies.Running running;

  /**
   * @param directory of the raft group
   */
  CheckpointCopy(
      RaftGroupId group,
      Path directory,
      CheckpointSwitch files,
      RemoteCheckpoints remote,
      CheckpointCopies.Running running) {
    this.group = group;
    this.directory = directory;
    this.files = files;
    this.remote = remote;
    this.running = running;
  }

  /**
   * Makes the copy, or finds it made.
   *
   * @param firstIndex of the other node's Raft log
   * @param own the newest checkpoint that this node has itself
   * @return what the raft group can go over to; null when the other node has nothing that would
   *     help
   */
  @Nullable TermIndexed copy(long firstIndex, TermIndexed own) throws IOException {
    Manifest made = files.arrivedManifest();
    if (made != null && made.index() > own.index() && made.index() + 1 >= firstIndex) {
      return new TermIndexed(made.term(), made.index());
    }
    files.unseal();
    CheckpointListing listing = remote.describe(running.from(), group);
    if (listing == null || listing.index() <= own.index()) {
      return null;
    }
    Path incoming = files.incoming();
    Disk.createDirectories(incoming);
    Manifest manifest = manifest(listing, incoming);
    plan(listing, manifest);
    copyState(listing, incoming.resolve(Checkpointer.STATE));
    copySegments(manifest, incoming.resolve(PartitionFiles.DIRECTORY));
    running.requireGoingOn();
    files.seal();
    return new TermIndexed(manifest.term(), manifest.index());
  }

  private Manifest manifest(CheckpointListing listing, Path incoming) throws IOException {
    Path arriving = incoming.resolve(CheckpointStore.MANIFEST + ".tmp");
    try (FileChannel out =
        FileChannel.open(
            arriving,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer bytes = listing.manifest().duplicate();
      while (bytes.hasRemaining()) {
        out.write(bytes);
      }
      Disk.force(out, arriving);
    }
    Manifest manifest = CheckpointStore.manifest(arriving);
    if (manifest.index() != listing.index() || manifest.term() != listing.term()) {
      throw new IOException(
          "node "
              + running.from()
              + " sent the manifest of index "
              + manifest.index()
              + " for that of "
              + listing.index());
    }
    Files.move(
        arriving,
        incoming.resolve(CheckpointStore.MANIFEST),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
    return manifest;
  }

  /** How much there is to copy; refused when it cannot fit. */
  private void plan(CheckpointListing listing, Manifest manifest) throws IOException {
    long total = listing.files().stream().mapToLong(CheckpointFile::sizeBytes).sum();
    for (ManifestPartition partition : manifest.partitions()) {
      for (SegmentPosition segment : partition.checkpoint().segments()) {
        total += segment.positionBytes();
      }
    }
    running.total(total);
  }

  private void copyState(CheckpointListing listing, Path target) throws IOException {
    Disk.createDirectories(target);
    Set<Path> wanted = new HashSet<>();
    for (CheckpointFile file : listing.files()) {
      Path named = target.resolve(Path.of(file.name()).getFileName());
      if (!wanted.add(named)) {
        throw new IOException("node " + running.from() + " lists " + file.name() + " twice");
      }
      CopiedFile.copy(remote, running, group, listing.index(), file, named);
    }
    deleteOthers(target, wanted);
    Path tried = files.incoming().resolve("tried");
    KeyedState.restore(target, tried).close(); // reads all of it, from a copy
    Disk.deleteTree(tried);
  }

  private void copySegments(Manifest manifest, Path target) throws IOException {
    Disk.createDirectories(target);
    PartitionFiles own = new PartitionFiles(directory.resolve(PartitionFiles.DIRECTORY));
    PartitionFiles copied = new PartitionFiles(target);
    SegmentCopy copy = new SegmentCopy(remote, running, group, manifest.index());
    Set<Path> partitions = new HashSet<>();
    for (ManifestPartition each : manifest.partitions()) {
      PartitionId id = new PartitionId(each.topicId(), each.partition());
      Path partition = copied.directory(id, each.topicName());
      partitions.add(partition);
      Files.createDirectories(partition);
      Set<Path> segments = new HashSet<>();
      for (SegmentPosition segment : each.checkpoint().segments()) {
        copy.copy(own.directory(id, each.topicName()), partition, segment);
        segments.add(SegmentPrefix.file(partition, segment.baseOffset()));
      }
      deleteOthers(partition, segments);
    }
    deleteOthers(target, partitions);
  }

  /** What an earlier, given up copy brought. */
  private static void deleteOthers(Path directory, Set<Path> wanted) throws IOException {
    for (Path each : Disk.list(directory)) {
      if (!wanted.contains(each)) {
        Disk.deleteTree(each);
      }
    }
  }
}
