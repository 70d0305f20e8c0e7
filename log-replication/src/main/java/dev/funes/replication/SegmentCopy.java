package dev.funes.replication;

import dev.funes.cluster.RaftGroupId;
import dev.funes.log.SegmentPosition;
import dev.funes.log.SegmentPrefix;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings one segment of a checkpoint here, by the cheapest way there is: what was copied before,
 * what this node has itself, and only the rest from the other node. Everything committed is the
 * same on every node, and whether it is says the checksum over the headers, each of which has the
 * checksum of its batch; so a file is only ever taken for the segment when it is that very one.
 */
final class SegmentCopy {

  private static final Logger LOG = LoggerFactory.getLogger(SegmentCopy.class);
  private static final String PART = ".part";
  private static final int TRIES_MAX = 3;

  private final RemoteCheckpoints remote;
  private final CheckpointCopies.Running running;
  private final RaftGroupId group;
  private final long index;

  /**
   * @param index of the checkpoint
   */
  SegmentCopy(
      RemoteCheckpoints remote, CheckpointCopies.Running running, RaftGroupId group, long index) {
    this.remote = remote;
    this.running = running;
    this.group = group;
    this.index = index;
  }

  /**
   * Copies a segment, and makes its bytes durable.
   *
   * @param own the partition's directory on this node; need not be there
   * @param target the partition's directory in the copy
   */
  void copy(Path own, Path target, SegmentPosition segment) throws IOException {
    running.requireGoingOn();
    Path file = SegmentPrefix.file(target, segment.baseOffset());
    Path part = file.resolveSibling(file.getFileName() + PART);
    if (isWhole(file, segment, true)) {
      running.have(segment.positionBytes());
      return;
    }
    Path here = SegmentPrefix.file(own, segment.baseOffset());
    boolean linked = !Files.exists(file) && isWhole(here, segment, false) && link(here, file);
    if (linked) {
      running.have(segment.positionBytes());
      return;
    }
    if (!Files.exists(part)) {
      begin(Files.exists(file) ? file : here, part, segment);
    }
    Files.deleteIfExists(file);
    for (int tries = 1; !complete(file, part, segment); tries++) {
      running.have(-segment.positionBytes());
      Files.delete(part);
      if (tries == TRIES_MAX) {
        throw new IOException(
            "node " + running.from() + " sent " + name(file) + " damaged " + tries + " times");
      }
    }
    Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
  }

  /** True when the file is what the checkpoint recorded: fetched where it is not, and checked. */
  private boolean complete(Path file, Path part, SegmentPosition segment) throws IOException {
    int from = 0;
    if (Files.exists(part)) {
      from =
          SegmentPrefix.wholeBatches(part, segment.baseOffset(), segment.positionBytes(), true)
              .positionBytes();
    }
    running.have(from);
    long got = CopiedFile.receive(remote, running, group, index, name(file), part, from);
    SegmentPrefix.Found found =
        SegmentPrefix.wholeBatches(part, segment.baseOffset(), segment.positionBytes(), true);
    if (got == segment.positionBytes() && found.is(segment)) {
      return true;
    }
    LOG.warn(
        "raft group {}: {} from node {} is damaged at byte {} of {}, of which {} came from here; copying all of it again",
        group,
        name(file),
        running.from(),
        found.positionBytes(),
        segment.positionBytes(),
        from);
    running.have(segment.positionBytes() - got);
    return false;
  }

  private static boolean isWhole(Path file, SegmentPosition segment, boolean checksums)
      throws IOException {
    try {
      return Files.size(file) == segment.positionBytes()
          && SegmentPrefix.wholeBatches(
                  file, segment.baseOffset(), segment.positionBytes(), checksums)
              .is(segment);
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  /** Only a file that nothing is appended to any more may be shared. */
  private static boolean link(Path here, Path file) throws IOException {
    if (!Files.exists(SegmentPrefix.indexFile(here))) {
      return false;
    }
    try (FileChannel channel = FileChannel.open(here, StandardOpenOption.WRITE)) {
      Disk.force(channel, here); // what was applied after the last checkpoint may not be durable
      Files.createLink(file, here);
      return true;
    } catch (UnsupportedOperationException | NoSuchFileException e) {
      return false;
    }
  }

  /** What is whole in a file that is here. */
  private static void begin(Path from, Path part, SegmentPosition segment) throws IOException {
    try (FileChannel in = FileChannel.open(from, StandardOpenOption.READ);
        FileChannel out =
            FileChannel.open(part, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      long end = Math.min(in.size(), segment.positionBytes());
      long at = 0;
      while (at < end) {
        at += in.transferTo(at, end - at, out);
      }
    } catch (NoSuchFileException e) {
      LOG.trace("nothing of {} is here", part, e);
    }
  }

  private static String name(Path file) {
    return PartitionFiles.name(file);
  }
}
