package dev.funes.replication;

import dev.funes.log.Checkpoint;
import dev.funes.log.CheckpointStore;
import dev.funes.log.Manifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.jspecify.annotations.Nullable;

/**
 * Puts a checkpoint that was copied from another node in place of what a raft group has on disk.
 *
 * <pre>
 * incoming/  manifest, state/, partitions/   being copied
 * arrived/   the same, whole and durable     from here on, every start goes over to it
 * </pre>
 *
 * <p>One rename makes the copy the one that counts. What follows can be done again after a crash at
 * any step: {@code partitions} is exchanged, and what is left of {@code arrived}, just what a
 * checkpoint is made of, becomes {@code checkpoints/<index>}.
 */
final class CheckpointSwitch {

  /** In a checkpoint that was copied: the Raft log here may end before it. */
  static final String COPIED = "copied";

  private static final String REPLACED = "replaced";

  private final Path directory;
  private final Steps steps;

  /** Is told of every step before it is taken; a test makes the node crash there. */
  @FunctionalInterface
  interface Steps {
    void before(String step) throws IOException;
  }

  /**
   * @param directory of the raft group
   */
  CheckpointSwitch(Path directory) {
    this(directory, _ -> {});
  }

  CheckpointSwitch(Path directory, Steps steps) {
    this.directory = directory;
    this.steps = steps;
  }

  /** Where a copy is put together. */
  Path incoming() {
    return directory.resolve("incoming");
  }

  private Path arrived() {
    return directory.resolve("arrived");
  }

  /** What the copy that counts holds; null when there is none. */
  @Nullable Manifest arrivedManifest() throws IOException {
    return Files.exists(arrived())
        ? CheckpointStore.manifest(arrived().resolve(CheckpointStore.MANIFEST))
        : null;
  }

  /** The incoming copy is whole; every file in it is durable. */
  void seal() throws IOException {
    steps.before("mark it as a copy");
    Path mark = incoming().resolve(COPIED);
    if (!Files.exists(mark)) {
      Files.createFile(mark);
    }
    steps.before("sync the names");
    Disk.forceTree(incoming());
    steps.before("say that it is whole");
    Files.move(incoming(), arrived(), StandardCopyOption.ATOMIC_MOVE);
    steps.before("sync that");
    Disk.forceDirectory(directory);
    steps.before("end of the copy");
  }

  /** An older copy that counts, and has not been gone over to, is gone on from. */
  void unseal() throws IOException {
    if (Files.exists(arrived())) {
      Disk.deleteTree(incoming());
      Disk.move(arrived(), incoming());
    }
  }

  /**
   * Goes over to the copy that counts, when there is one that is newer than the newest checkpoint;
   * nobody may have the raft group's files open.
   */
  void finish(CheckpointStore store) throws IOException {
    Manifest copied = arrivedManifest();
    if (copied == null) {
      steps.before("delete what was replaced");
      Disk.deleteTree(directory.resolve(REPLACED));
      return;
    }
    Path partitions = directory.resolve(PartitionFiles.DIRECTORY);
    Path theirs = arrived().resolve(PartitionFiles.DIRECTORY);
    Checkpoint newest = store.newest();
    if (newest != null && newest.manifest().index() >= copied.index()) {
      steps.before("drop a copy that is too old");
      Disk.deleteTree(arrived());
      return;
    }
    if (Files.exists(theirs)) {
      if (Files.exists(partitions)) {
        steps.before("make room");
        Disk.deleteTree(directory.resolve(REPLACED));
        steps.before("put the old partitions aside");
        Disk.move(partitions, directory.resolve(REPLACED));
      }
      steps.before("put the new partitions in their place");
      Files.move(theirs, partitions, StandardCopyOption.ATOMIC_MOVE);
      steps.before("sync the place they left");
      Disk.forceDirectory(arrived());
      steps.before("sync their place");
      Disk.forceDirectory(directory);
    }
    Path named = store.directoryOf(copied.index());
    steps.before("make room for checkpoints");
    Disk.createDirectories(directory.resolve("checkpoints"));
    steps.before("name the checkpoint");
    Files.move(arrived(), named, StandardCopyOption.ATOMIC_MOVE);
    steps.before("sync its name");
    Disk.forceDirectory(named.getParent());
    steps.before("sync the end of the copy");
    Disk.forceDirectory(directory);
    steps.before("delete older checkpoints");
    store.deleteOlderThan(copied.index());
    steps.before("delete the old partitions");
    Disk.deleteTree(directory.resolve(REPLACED));
    steps.before("end");
  }

  /** Drops an unfinished copy that is not newer than this; the raft group caught up without it. */
  void dropIncoming(long index) throws IOException {
    Path manifest = incoming().resolve(CheckpointStore.MANIFEST);
    if (Files.exists(manifest) && CheckpointStore.manifest(manifest).index() <= index) {
      Disk.deleteTree(incoming());
    }
  }
}
