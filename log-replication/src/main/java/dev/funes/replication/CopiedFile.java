package dev.funes.replication;

import dev.funes.cluster.RaftGroupId;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Brings bytes of one file of a checkpoint here. */
final class CopiedFile {

  private CopiedFile() {}

  /**
   * Cuts a file at a position, appends what the other node has from there on, and makes it durable.
   *
   * @return how long the file is then
   */
  static long receive(
      RemoteCheckpoints remote,
      CheckpointCopies.Running running,
      RaftGroupId group,
      long index,
      String name,
      Path file,
      long from)
      throws IOException {
    try (FileChannel out =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      out.truncate(from);
      out.position(from);
      remote.read(
          running.from(),
          group,
          index,
          name,
          from,
          bytes -> {
            running.receive(bytes.remaining());
            while (bytes.hasRemaining()) {
              out.write(bytes);
            }
          });
      Disk.force(out, file);
      return out.position();
    }
  }

  /** Brings a whole file here, unless it is; what came damaged does not stay. */
  static void copy(
      RemoteCheckpoints remote,
      CheckpointCopies.Running running,
      RaftGroupId group,
      long index,
      CheckpointFile wanted,
      Path file)
      throws IOException {
    if (Files.exists(file)
        && Files.size(file) == wanted.sizeBytes()
        && CheckpointPins.crc(file) == wanted.crc32c()) {
      running.have(wanted.sizeBytes());
      return;
    }
    long size = receive(remote, running, group, index, wanted.name(), file, 0);
    if (size != wanted.sizeBytes() || CheckpointPins.crc(file) != wanted.crc32c()) {
      Files.delete(file);
      throw new IOException("node " + running.from() + " sent " + wanted.name() + " damaged");
    }
  }
}
