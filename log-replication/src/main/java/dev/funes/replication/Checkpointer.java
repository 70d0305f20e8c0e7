package dev.funes.replication;

import dev.funes.log.Checkpoint;
import dev.funes.log.CheckpointStore;
import dev.funes.log.Manifest;
import dev.funes.raft.FatalHandler;
import dev.funes.raft.TermIndexed;
import dev.funes.replication.Partitions.Captured;
import dev.funes.state.KeyedState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Takes the checkpoints of one data raft group.
 *
 * <p>The apply thread captures what is there: positions of the partitions and hard links of the
 * keyed state, both at the same Raft index. The checkpoint thread then forces the segments, writes
 * the manifest, and only when that is durable publishes the checkpoint and deletes what only older
 * ones need. One at a time.
 */
final class Checkpointer {

  static final String STATE = "state";
  private static final long SHORT_CHECKPOINT_MILLIS = 3_000;

  private final String name;
  private final CheckpointStore store;
  private final Partitions partitions;
  private final KeyedState keyed;
  private final ReplicaLimits limits;
  private final InstantSource clock;
  private final Executor background;
  private final FatalHandler fatal;
  private final RaftLogKeeping keeping;
  private final BooleanSupplier diskIsShort;
  private final CheckpointPins pins;
  private final CheckpointSwitch copied;

  private volatile TermIndexed latest = TermIndexed.NONE;
  private volatile boolean running;
  private boolean closed; // guarded by this
  private TermIndexed captured = TermIndexed.NONE; // apply thread only, as all below
  private @Nullable Job lastJob;
  private long capturedMillis;
  private long capturedBytes;

  /**
   * @param directory of the raft group
   */
  Checkpointer(
      String name,
      Path directory,
      CheckpointStore store,
      Partitions partitions,
      KeyedState keyed,
      ReplicaLimits limits,
      InstantSource clock,
      Executor background,
      FatalHandler fatal,
      BooleanSupplier diskIsShort) {
    this.name = name;
    this.store = store;
    this.partitions = partitions;
    this.keyed = keyed;
    this.limits = limits;
    this.clock = clock;
    this.background = background;
    this.fatal = fatal;
    this.diskIsShort = diskIsShort;
    this.keeping = new RaftLogKeeping(limits.raftLogKeepMillis(), limits.raftLogKeepBytes());
    this.pins = new CheckpointPins(directory, System::nanoTime);
    this.copied = new CheckpointSwitch(directory);
    this.capturedMillis = clock.millis();
  }

  /** The state was restored from this checkpoint. Before the first call of anything else. */
  void restored(Checkpoint checkpoint) {
    Manifest manifest = checkpoint.manifest();
    latest = new TermIndexed(manifest.term(), manifest.index());
    captured = latest;
    keeping.add(latest, manifest.timeMillis(), 0);
  }

  /** Whether the state was restored from a copy that another node's checkpoint is. Any thread. */
  boolean isCopied() {
    return Files.exists(store.directoryOf(latest.index()).resolve(CheckpointSwitch.COPIED));
  }

  /** The newest durable checkpoint. Any thread. */
  TermIndexed latest() {
    return latest;
  }

  /** Apply thread: begins a checkpoint when enough was applied, or when it is time. */
  void startWhenDue(TermIndexed applied, long appliedBytes) throws IOException {
    if (running || applied.index() <= captured.index()) {
      return;
    }
    boolean due =
        appliedBytes - capturedBytes >= limits.checkpointBytes()
            || clock.millis() - capturedMillis >= checkpointMillis();
    if (due) {
      Job job = capture(applied, appliedBytes);
      lastJob = job;
      running = true;
      background.execute(() -> finishInBackground(job));
    }
  }

  /**
   * What was trimmed or dropped goes from the disk with the next checkpoint, so that one is soon.
   */
  private long checkpointMillis() {
    return diskIsShort.getAsBoolean()
        ? Math.min(limits.checkpointMillis(), SHORT_CHECKPOINT_MILLIS)
        : limits.checkpointMillis();
  }

  /** Apply thread, after the last entry: waits for nothing but its own writing. */
  void takeLast(TermIndexed applied, long appliedBytes) throws IOException {
    Job captureAtHand = lastJob;
    if (applied.index() > captured.index()) {
      finish(capture(applied, appliedBytes));
    } else if (captureAtHand != null) {
      finish(captureAtHand); // the checkpoint thread may not have come to it
    }
  }

  /** Up to where the Raft log is not needed any more. Any thread. */
  TermIndexed purgeBound(long appliedIndex, long appliedBytes) {
    return pins.oldest(
        keeping.purgeBound(clock.millis(), appliedIndex, appliedBytes, diskIsShort.getAsBoolean()));
  }

  /** Keeps the newest checkpoint for who wants to copy it; null when there is none. Any thread. */
  @Nullable CheckpointListing pin() throws IOException {
    return pins.pin(store);
  }

  /** Opens a file of a checkpoint that is kept. Any thread. */
  CheckpointReader open(long index, String file, long position) throws IOException {
    return pins.open(index, file, position);
  }

  /** After it, nothing touches the partitions any more. */
  synchronized void close() {
    closed = true;
  }

  private record Job(
      TermIndexed at, long timeMillis, long appliedBytes, List<Captured> partitions) {}

  private Job capture(TermIndexed applied, long appliedBytes) throws IOException {
    keyed.checkpoint(store.prepare(applied.index()).resolve(STATE));
    captured = applied;
    capturedBytes = appliedBytes;
    capturedMillis = clock.millis();
    return new Job(applied, capturedMillis, appliedBytes, partitions.capture());
  }

  private void finishInBackground(Job job) {
    try {
      finish(job);
    } catch (IOException | RuntimeException | Error e) {
      // A failed force is never tried again: the next one may say that all is well when it is not.
      fatal.fatal("checkpoint of raft group " + name + " failed: " + e, e);
    } finally {
      running = false;
    }
  }

  /** Synchronized, for the last checkpoint may come while one is still being written. */
  private synchronized void finish(Job job) throws IOException {
    long index = job.at.index();
    if (closed || index <= latest.index()) {
      return;
    }
    partitions.force(job.partitions);
    store.commit(
        index,
        new Manifest(
            job.at.term(),
            index,
            job.timeMillis,
            job.partitions.stream().map(Captured::manifest).toList()));
    latest = job.at;
    keeping.add(job.at, job.timeMillis, job.appliedBytes);
    pins.deleteUnlessPinned(
        () -> {
          partitions.deleteRetired(job.partitions, index);
          store.deleteOlderThan(index);
        });
    copied.dropIncoming(index);
  }
}
