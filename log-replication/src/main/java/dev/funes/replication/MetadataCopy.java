package dev.funes.replication;

import dev.funes.cluster.RaftGroupId;
import dev.funes.raft.TermIndexed;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The snapshot of the metadata raft group on its way from node to node: one small file, which comes
 * whole in one answer, lies beside the own one until it is durable, and takes its name by one
 * rename.
 */
final class MetadataCopy {

  private static final String ARRIVED = MetadataSnapshot.FILE + ".arrived";
  private static final String COPIED = "copied-";

  private final Path directory;

  /**
   * @param directory of the metadata raft group
   */
  MetadataCopy(Path directory) {
    this.directory = directory;
  }

  /** What this node has for others; null when there is none yet. */
  @Nullable CheckpointListing listing() throws IOException {
    Path file = directory.resolve(MetadataSnapshot.FILE);
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      return null;
    }
    TermIndexed at = MetadataSnapshot.decode(bytes, file).at();
    return new CheckpointListing(at.term(), at.index(), ByteBuffer.wrap(bytes), List.of());
  }

  /** Brings the other node's snapshot here; null when it is no newer than this node's own. */
  @Nullable TermIndexed copy(
      RemoteCheckpoints remote, CheckpointCopies.Running running, TermIndexed own)
      throws IOException {
    CheckpointListing listing = remote.describe(running.from(), RaftGroupId.METADATA);
    if (listing == null || listing.index() <= own.index()) {
      return null;
    }
    ByteBuffer content = listing.manifest().duplicate();
    running.total(content.remaining());
    byte[] bytes = new byte[content.remaining()];
    content.get(bytes);
    Path arrived = directory.resolve(ARRIVED);
    TermIndexed at = MetadataSnapshot.decode(bytes, arrived).at();
    Path arriving = directory.resolve(ARRIVED + ".tmp");
    try (FileChannel out =
        FileChannel.open(
            arriving,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      running.receive(bytes.length);
      ByteBuffer left = ByteBuffer.wrap(bytes);
      while (left.hasRemaining()) {
        out.write(left);
      }
      Disk.force(out, arriving);
    }
    Disk.move(arriving, arrived);
    return at;
  }

  /** Puts what was copied in the place of the own snapshot, if it is newer; null when it is not. */
  @Nullable MetadataSnapshot finish(TermIndexed own) throws IOException {
    Path arrived = directory.resolve(ARRIVED);
    if (!Files.exists(arrived)) {
      return null;
    }
    MetadataSnapshot copied = MetadataSnapshot.decode(Files.readAllBytes(arrived), arrived);
    if (copied.at().index() <= own.index()) {
      Files.delete(arrived);
      return null;
    }
    for (Path each : Disk.list(directory)) {
      if (String.valueOf(each.getFileName()).startsWith(COPIED)) {
        Files.delete(each);
      }
    }
    Files.createFile(mark(copied.at())); // first: without it the Raft log would seem to have a gap
    Disk.forceDirectory(directory);
    Disk.move(arrived, directory.resolve(MetadataSnapshot.FILE));
    return copied;
  }

  /** Whether the snapshot of this place came from another node. */
  boolean isCopied(TermIndexed at) {
    return Files.exists(mark(at));
  }

  private Path mark(TermIndexed at) {
    return directory.resolve(COPIED + at.index());
  }
}
