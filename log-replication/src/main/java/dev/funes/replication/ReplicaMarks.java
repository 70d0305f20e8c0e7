package dev.funes.replication;

import dev.funes.cluster.RaftGroupId;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * What a node must remember of its replicas beside their files, as small files in the directory of
 * the Raft logs.
 *
 * <ul>
 *   <li>{@code joined-<raft group id>}: the replica came to a raft group that had voters, so it
 *       never starts with voters of its own making.
 *   <li>{@code rejoin-<raft group id>}: the replica was found damaged, and must not vote or
 *       acknowledge before its raft group has forgotten it.
 * </ul>
 */
final class ReplicaMarks {

  private static final String FOUNDING = "founding";

  private final Path directory;
  private final String clusterId;

  ReplicaMarks(Path directory, String clusterId) throws IOException {
    this.directory = directory;
    this.clusterId = clusterId;
    Disk.createDirectories(directory);
  }

  boolean hasJoined(RaftGroupId id) {
    return Files.exists(joined(id));
  }

  void setJoined(RaftGroupId id) throws IOException {
    write(joined(id), "");
  }

  void clearJoined(RaftGroupId id) throws IOException {
    delete(joined(id));
  }

  boolean mustRejoin(RaftGroupId id) {
    return Files.exists(rejoin(id));
  }

  void setRejoin(RaftGroupId id, String reason) throws IOException {
    write(rejoin(id), reason);
  }

  void clearRejoin(RaftGroupId id) throws IOException {
    delete(rejoin(id));
  }

  /** A new cluster is being founded, and not all replicas of this node have been made. */
  boolean isFounding() {
    return Files.exists(directory.resolve(FOUNDING));
  }

  void setFounding() throws IOException {
    write(directory.resolve(FOUNDING), "");
  }

  void clearFounding() throws IOException {
    delete(directory.resolve(FOUNDING));
  }

  private Path joined(RaftGroupId id) {
    return directory.resolve("joined-" + id.uuid(clusterId));
  }

  private Path rejoin(RaftGroupId id) {
    return directory.resolve("rejoin-" + id.uuid(clusterId));
  }

  private void write(Path file, String text) throws IOException {
    Files.writeString(file, text, StandardCharsets.UTF_8);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    Disk.forceDirectory(directory);
  }

  private void delete(Path file) throws IOException {
    if (Files.deleteIfExists(file)) {
      Disk.forceDirectory(directory);
    }
  }
}
