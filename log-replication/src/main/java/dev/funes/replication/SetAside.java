package dev.funes.replication;

import dev.funes.cluster.RaftGroupId;
import dev.funes.raft.RaftGroupDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * Moves the files of a replica out of the way, Raft log first: without it nothing else is ever
 * taken for a replica. They are in {@code <data>/set-aside/<raft group>-<millis>/} then, for the
 * operator to look at and to delete.
 */
final class SetAside {

  private static final String DONE_WITH = ".moved";

  private final Path data;
  private final Path raftDirectory;
  private final String clusterId;
  private final InstantSource clock;

  SetAside(Path data, Path raftDirectory, String clusterId, InstantSource clock) {
    this.data = data;
    this.raftDirectory = raftDirectory;
    this.clusterId = clusterId;
    this.clock = clock;
  }

  Path raftFiles(RaftGroupId id) {
    return RaftGroupDirectory.of(raftDirectory, clusterId, id).path();
  }

  Path groupFiles(RaftGroupId id) {
    return data.resolve("groups").resolve(id.toString());
  }

  boolean isHere(RaftGroupId id) {
    return Files.exists(raftFiles(id)) || Files.exists(groupFiles(id));
  }

  /** Where the files are now; null when there were none. */
  @Nullable Path keep(RaftGroupId id) throws IOException {
    return isHere(id) ? move(id, "") : null;
  }

  /** For a replica that the others can do without: deletes it once it is out of the way. */
  void delete(RaftGroupId id) throws IOException {
    if (isHere(id)) {
      Disk.deleteTree(move(id, DONE_WITH));
    }
  }

  /** Deletes what a crash left of replicas that were being deleted. */
  void deleteLeftovers() throws IOException {
    Path all = data.resolve("set-aside");
    if (Files.isDirectory(all)) {
      for (Path each : Disk.list(all)) {
        if (String.valueOf(each.getFileName()).endsWith(DONE_WITH)) {
          Disk.deleteTree(each);
        }
      }
    }
  }

  private Path move(RaftGroupId id, String suffix) throws IOException {
    Path to = data.resolve("set-aside").resolve(id + "-" + clock.millis() + suffix);
    Disk.createDirectories(to);
    move(raftFiles(id), to.resolve("raft"));
    move(groupFiles(id), to.resolve("group"));
    return to;
  }

  private static void move(Path from, Path to) throws IOException {
    if (Files.exists(from)) {
      Disk.move(from, to);
      Disk.forceDirectory(from.toAbsolutePath().getParent());
    }
  }
}
