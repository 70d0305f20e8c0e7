package dev.funes.replication;

import dev.funes.cluster.PartitionId;
import dev.funes.cluster.RaftGroupId;
import dev.funes.log.Checkpoint;
import dev.funes.log.CheckpointStore;
import dev.funes.log.OpenFiles;
import dev.funes.state.KeyedState;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;

/** The files of a data raft group, opened at their newest checkpoint, and what works on them. */
record OpenState(
    Partitions partitions, KeyedState keyed, Applier applier, Checkpointer checkpointer) {

  /**
   * Goes back to the newest checkpoint in the raft group's directory, or begins empty. A checkpoint
   * that was copied from another node, and that no start has gone over to yet, is the newest.
   *
   * @param listener is told of partitions that come and go, on the apply thread
   */
  static OpenState restore(
      RaftGroupId group,
      Path directory,
      DataGroupState.Context context,
      Consumer<PartitionId> listener)
      throws IOException {
    Path stateDirectory = directory.resolve("state");
    Disk.createDirectories(directory);
    CheckpointStore store = new CheckpointStore(directory.resolve("checkpoints"));
    new CheckpointSwitch(directory).finish(store);
    Checkpoint newest = store.newest();
    Disk.deleteTree(stateDirectory);
    Partitions partitions =
        Partitions.restore(
            directory.resolve(PartitionFiles.DIRECTORY),
            newest == null ? null : newest.manifest(),
            new OpenFiles(context.openFilesMax(), context.limits().scrub().readCheckMillis()),
            listener);
    KeyedState keyed;
    try {
      keyed =
          newest == null
              ? KeyedState.open(stateDirectory)
              : KeyedState.restore(newest.directory().resolve(Checkpointer.STATE), stateDirectory);
    } catch (IOException | RuntimeException e) {
      partitions.close();
      throw e;
    }
    Checkpointer checkpointer =
        new Checkpointer(
            group.toString(),
            directory,
            store,
            partitions,
            keyed,
            context.limits(),
            context.clock(),
            context.background(),
            context.fatal(),
            context.diskIsShort());
    if (newest != null) {
      checkpointer.restored(newest);
    }
    return new OpenState(partitions, keyed, new Applier(partitions, keyed), checkpointer);
  }

  /** Leaves the files as a crash would: what was not forced may be there or not. */
  void close() {
    checkpointer.close();
    applier.close();
    partitions.close();
    keyed.close();
  }

  /** The same, when another state takes the place of this one. */
  void release() {
    checkpointer.close();
    applier.close();
    partitions.release();
    keyed.close();
  }
}
