package dev.funes.replication;

import dev.funes.cluster.NodeId;
import dev.funes.cluster.PartitionId;
import dev.funes.cluster.RaftGroupId;
import dev.funes.raft.FatalHandler;
import dev.funes.raft.RaftGroupState;
import dev.funes.raft.TermIndexed;
import dev.funes.state.KeyedState;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
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
   * @param catchUp what copies of checkpoints share
   */
  record Context(
      ReplicaLimits limits,
      InstantSource clock,
      Executor background,
      FatalHandler fatal,
      int openFilesMax,
      BooleanSupplier diskIsShort,
      CatchUp catchUp) {}

  private final RaftGroupId group;
  private final Path directory;
  private final Context context;
  private final Consumer<PartitionId> listener;
  private final CheckpointCopies copies;
  private volatile OpenState open; // another one after each copy of a checkpoint
  private volatile boolean leads;
  private volatile Runnable onLeadershipChanged = () -> {};

  private volatile TermIndexed applied; // read on any thread
  private volatile long appliedBytes; // read on any thread
  private boolean failed; // apply thread only

  private DataGroupState(
      RaftGroupId group,
      Path directory,
      Context context,
      Consumer<PartitionId> listener,
      OpenState open) {
    this.group = group;
    this.directory = directory;
    this.context = context;
    this.listener = listener;
    this.copies = new CheckpointCopies(group, context.catchUp);
    this.open = open;
    this.applied = open.checkpointer().latest();
  }

  /**
   * Goes back to the newest checkpoint in the raft group's directory, or begins empty.
   *
   * @param listener is told of partitions that come and go, on the apply thread
   */
  static DataGroupState restore(
      RaftGroupId group, Path directory, Context context, Consumer<PartitionId> listener)
      throws IOException {
    return new DataGroupState(
        group,
        directory,
        context,
        listener,
        OpenState.restore(group, directory, context, listener));
  }

  /** The partitions as they are now; another object after a copy of a checkpoint. Any thread. */
  Partitions partitions() {
    return open.partitions();
  }

  /** The keyed state as it is now; another object after a copy of a checkpoint. Any thread. */
  KeyedState keyed() {
    return open.keyed();
  }

  /** The checkpoints of this node, for others to copy. Any thread. */
  Checkpointer checkpointer() {
    return open.checkpointer();
  }

  /** The copy of a checkpoint that is under way; null when none is. Any thread. */
  @Nullable CopyProgress copying() {
    return copies.progress();
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
  @SuppressWarnings("NonAtomicVolatileUpdate") // only the apply thread writes
  public ByteBuffer apply(long term, long index, ByteBuffer command) throws IOException {
    int sizeBytes = command.remaining();
    Reply reply;
    try {
      reply = open.applier().apply(term, index, Entry.decode(command));
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
    appliedBytes += RaftLogKeeping.ENTRY_BYTES + sizeBytes;
    open.checkpointer().startWhenDue(applied, appliedBytes);
    return reply.encode();
  }

  @Override
  public void advance(long term, long index) {
    applied = new TermIndexed(term, index);
  }

  @Override
  public TermIndexed latestCheckpoint() {
    return open.checkpointer().latest();
  }

  @Override
  public void takeCheckpoint() throws IOException {
    open.checkpointer().startWhenDue(applied, appliedBytes);
  }

  @Override
  public TermIndexed purgeBound() {
    return open.checkpointer().purgeBound(applied.index(), appliedBytes);
  }

  @Override
  public void leadershipChanged(boolean leader) {
    leads = leader;
    onLeadershipChanged.run();
  }

  @Override
  public CompletableFuture<@Nullable TermIndexed> fetchCheckpoint(NodeId leader, long firstIndex) {
    return copies.start(
        leader,
        (remote, running) ->
            new CheckpointCopy(group, directory, new CheckpointSwitch(directory), remote, running)
                .copy(firstIndex, latestCheckpoint()));
  }

  @Override
  public void leaderChanged(NodeId leader) {
    copies.leaderIs(leader);
  }

  /** Readers of what was there before fail, and find what is there now when they look again. */
  @Override
  public void reopen() throws IOException {
    OpenState former = open;
    former.release();
    OpenState next = OpenState.restore(group, directory, context, listener);
    open = next;
    applied = next.checkpointer().latest();
    appliedBytes = 0;
    LOG.info("raft group {}: went over to the checkpoint of index {}", group, applied.index());
    former.partitions().all().forEach(partition -> listener.accept(partition.id()));
    next.partitions().all().forEach(partition -> listener.accept(partition.id()));
  }

  @Override
  public boolean isCheckpointCopied() {
    return open.checkpointer().isCopied();
  }

  /** Takes a last checkpoint, so that the next start has little to apply again. */
  @Override
  public void close() throws IOException {
    copies.close();
    try {
      if (!failed) {
        open.checkpointer().takeLast(applied, appliedBytes);
      }
    } finally {
      abandon();
    }
  }

  /** Leaves the files as a crash would: what was not forced may be there or not. */
  void abandon() {
    copies.close();
    open.close();
  }
}
