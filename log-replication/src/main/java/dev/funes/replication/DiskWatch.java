package dev.funes.replication;

import dev.funes.cluster.RaftGroupId;
import dev.funes.raft.FatalHandler;
import dev.funes.state.KeyedState;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/**
 * Looks at the disk, on a thread of its own: the calls may hang with the disk. While the disk is
 * short of room, it has checkpoints made often, for what was trimmed, dropped or purged leaves the
 * disk with a checkpoint only.
 */
final class DiskWatch implements AutoCloseable {

  private static final long LOOK_MILLIS = 1_000;
  private static final long FAILURES_MILLIS = 500;
  private static final int LOOKS_A_CHECKPOINT = 4;

  private final DiskReserve reserve;
  private final ScheduledExecutorService thread;
  private volatile Supplier<Collection<DataGroup>> groups = List::of;
  private int shortLooks; // the thread only

  private DiskWatch(ReplicaConfig config) throws IOException {
    this.reserve =
        new DiskReserve(
            config.self(),
            of(Files.getFileStore(existing(config.data()))),
            config.limits().diskReserveBytes(),
            () -> sum(DataGroup::pendingBytes),
            () -> sum(group -> ofOpen(group, KeyedState::unwrittenBytes)),
            System::nanoTime);
    this.thread = Upkeep.start("disk-" + config.self());
  }

  static DiskWatch of(ReplicaConfig config) throws IOException {
    return new DiskWatch(config);
  }

  /**
   * Begins to look.
   *
   * @param present the data raft groups of this node, at any time
   * @param triggerCheckpoint has one made soon
   * @param fatal is told when keyed state could not be written in the background
   */
  void begin(
      Supplier<Collection<DataGroup>> present,
      Consumer<RaftGroupId> triggerCheckpoint,
      FatalHandler fatal) {
    groups = present;
    var _ = Upkeep.every(thread, FAILURES_MILLIS, () -> lookForFailures(fatal));
    var _ = Upkeep.every(thread, LOOK_MILLIS, () -> look(triggerCheckpoint));
  }

  private void look(Consumer<RaftGroupId> triggerCheckpoint) {
    reserve.look();
    if (!isShort()) {
      shortLooks = 0;
    } else if (shortLooks++ % LOOKS_A_CHECKPOINT == 0) {
      groups.get().forEach(group -> triggerCheckpoint.accept(group.id()));
    }
  }

  private void lookForFailures(FatalHandler fatal) {
    for (DataGroup group : groups.get()) {
      if (ofOpen(group, KeyedState::backgroundFailures) > 0) {
        fatal.fatal(
            "the keyed state of raft group "
                + group.id()
                + " could not be written in the background",
            null);
      }
    }
  }

  DiskReserve reserve() {
    return reserve;
  }

  boolean isShort() {
    return reserve.own().isShort();
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }

  private long sum(ToLongFunction<DataGroup> bytes) {
    return groups.get().stream().mapToLong(bytes).sum();
  }

  /** 0 of a raft group that is leaving. */
  private static long ofOpen(DataGroup group, ToLongFunction<KeyedState> question) {
    try {
      return question.applyAsLong(group.state());
    } catch (IllegalStateException closed) {
      return 0;
    }
  }

  private static Path existing(Path data) {
    Path there = data.toAbsolutePath();
    while (!Files.exists(there) && there.getParent() != null) {
      there = there.getParent();
    }
    return there;
  }

  private static DiskReserve.FileSystem of(FileStore store) {
    return new DiskReserve.FileSystem() {
      @Override
      public long usableBytes() throws IOException {
        return store.getUsableSpace();
      }

      @Override
      public long totalBytes() throws IOException {
        return store.getTotalSpace();
      }
    };
  }
}
