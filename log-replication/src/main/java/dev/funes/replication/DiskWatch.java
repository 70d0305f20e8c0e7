package dev.funes.replication;

import dev.funes.cluster.RaftGroupId;
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
 * Looks at the disk once a second, on a thread of its own: the call may hang with the disk. While
 * the disk is short of room, it has checkpoints made often, for what was trimmed, dropped or purged
 * leaves the disk with a checkpoint only.
 */
final class DiskWatch implements AutoCloseable {

  private static final long LOOK_MILLIS = 1_000;
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
            () -> sum(group -> group.state().unwrittenBytes()),
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
   */
  void begin(Supplier<Collection<DataGroup>> present, Consumer<RaftGroupId> triggerCheckpoint) {
    groups = present;
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
