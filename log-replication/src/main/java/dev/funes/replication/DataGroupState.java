package dev.funes.replication;

import dev.funes.cluster.PartitionId;
import dev.funes.cluster.RaftGroupId;
import dev.funes.log.Checkpoint;
import dev.funes.log.CheckpointStore;
import dev.funes.log.OpenFiles;
import dev.funes.raft.FatalHandler;
import dev.funes.raft.RaftGroupState;
import dev.funes.raft.TermIndexed;
import dev.funes.state.KeyedState;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one data raft group has applied on this node: partitions and keyed state. A restart goes
 * back to the newest checkpoint, and the Raft log brings the rest.
 */
final class DataGroupState implements RaftGroupState {

  private static final Logger LOG = LoggerFactory.getLogger(DataGroupState.class);

  /**
   * What the raft groups of a node share.
   *
   * @param background the checkpoint thread of the node: one job at a time
   * @param openFilesMax files that the active segments of one raft group may have open
   * @param diskIsShort whether what can be deleted should be, soon
   */
  record Context(
      ReplicaLimits limits,
      InstantSource clock,
      Executor background,
      FatalHandler fatal,
      int openFilesMax,
      BooleanSupplier diskIsShort) {}

  private final RaftGroupId group;
  private final Partitions partitions;
  private final KeyedState keyed;
  private final Applier applier;
  private final Checkpointer checkpointer;
  private volatile boolean leads;
  private volatile Runnable onLeadershipChanged = () -> {};

  private TermIndexed applied; // apply thread only, as all below
  private long appliedBytes;
  private boolean failed;

  private DataGroupState(
      RaftGroupId group, Partitions partitions, KeyedState keyed, Checkpointer checkpointer) {
    this.group = group;
    this.partitions = partitions;
    this.keyed = keyed;
    this.applier = new Applier(partitions, keyed);
    this.checkpointer = checkpointer;
    this.applied = checkpointer.latest();
  }

  /**
   * Goes back to the newest checkpoint in the raft group's directory, or begins empty.
   *
   * @param listener is told of partitions that come and go, on the apply thread
   */
  static DataGroupState restore(
      RaftGroupId group, Path directory, Context context, Consumer<PartitionId> listener)
      throws IOException {
    Path stateDirectory = directory.resolve("state");
    Disk.createDirectories(directory);
    CheckpointStore store = new CheckpointStore(directory.resolve("checkpoints"));
    Checkpoint newest = store.newest();
    Disk.deleteTree(stateDirectory);
    Partitions partitions =
        Partitions.restore(
            directory.resolve("partitions"),
            newest == null ? null : newest.manifest(),
            new OpenFiles(context.openFilesMax, context.limits.scrub().readCheckMillis()),
            listener);
    Consumer<IOException> onFailure =
        e -> context.fatal.fatal("raft group " + group + ": " + e.getMessage(), e);
    KeyedState keyed;
    try {
      keyed =
          newest == null
              ? KeyedState.open(stateDirectory, onFailure)
              : KeyedState.restore(
                  newest.directory().resolve(Checkpointer.STATE), stateDirectory, onFailure);
    } catch (IOException | RuntimeException e) {
      partitions.close();
      throw e;
    }
    Checkpointer checkpointer =
        new Checkpointer(
            group.toString(),
            store,
            partitions,
            keyed,
            context.limits,
            context.clock,
            context.background,
            context.fatal,
            context.diskIsShort);
    if (newest != null) {
      checkpointer.restored(newest);
    }
    return new DataGroupState(group, partitions, keyed, checkpointer);
  }

  Partitions partitions() {
    return partitions;
  }

  KeyedState keyed() {
    return keyed;
  }

  /** Whether this node may take commands for the raft group. Any thread. */
  boolean leads() {
    return leads;
  }

  /** Is run after each change of leadership, on any thread. */
  void onLeadershipChanged(Runnable listener) {
    onLeadershipChanged = listener;
  }

  @Override
  public ByteBuffer apply(long term, long index, ByteBuffer command) throws IOException {
    int sizeBytes = command.remaining();
    Reply reply;
    try {
      reply = applier.apply(term, index, Entry.decode(command));
    } catch (MalformedEntryException e) {
      // Total: every replica has the same bytes, and none of them does anything.
      LOG.error("raft group {}: entry {} makes no sense and is skipped", group, index, e);
      reply = new Reply(List.of());
    } catch (UnknownCommandException e) {
      failed = true;
      throw new IOException("raft group " + group + ", entry " + index + ": " + e.getMessage(), e);
    } catch (IOException | RuntimeException | Error e) {
      failed = true;
      throw e;
    }
    applied = new TermIndexed(term, index);
    appliedBytes += sizeBytes;
    checkpointer.startWhenDue(applied, appliedBytes);
    return reply.encode();
  }

  @Override
  public void advance(long term, long index) {
    applied = new TermIndexed(term, index);
  }

  @Override
  public TermIndexed latestCheckpoint() {
    return checkpointer.latest();
  }

  @Override
  public TermIndexed takeCheckpoint() throws IOException {
    checkpointer.startWhenDue(applied, appliedBytes);
    return checkpointer.purgeBound(appliedBytes);
  }

  @Override
  public void leadershipChanged(boolean leader) {
    leads = leader;
    onLeadershipChanged.run();
  }

  /** Takes a last checkpoint, so that the next start has little to apply again. */
  @Override
  public void close() throws IOException {
    try {
      if (!failed) {
        checkpointer.takeLast(applied, appliedBytes);
      }
    } finally {
      abandon();
    }
  }

  /** Leaves the files as a crash would: what was not forced may be there or not. */
  void abandon() {
    checkpointer.close();
    applier.close();
    partitions.close();
    keyed.close();
  }
}
