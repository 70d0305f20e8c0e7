package dev.funes.log;

import dev.funes.record.RecordBatch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A partition's committed records on this node: segments in offset order, the last one open for
 * appends.
 *
 * <p>One thread writes, the apply thread of the raft group: it appends, trims, alters, takes
 * checkpoints. Any thread reads, without a lock; what it sees was published with one volatile
 * write. {@link #force} and {@link #deleteRetired} belong to whoever makes checkpoints durable, on
 * any thread. A log without records has no file.
 */
public final class PartitionLog implements AutoCloseable {
  private final Path directory;
  private final BatchWriter writer;
  private final OpenFiles files;
  private final boolean readOnly;
  private final SegmentSync sync;
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

  private volatile LogView view;
  private volatile LogSettings settings;
  private volatile boolean released;

  private PartitionLog(
      Path directory,
      LogSettings settings,
      LogView view,
      BatchWriter writer,
      OpenFiles files,
      boolean readOnly) {
    this.directory = directory;
    this.settings = settings;
    this.view = view;
    this.writer = writer;
    this.files = files;
    this.readOnly = readOnly;
    this.sync = new SegmentSync(directory, this::view, files);
  }

  /** What a fetch found. */
  public sealed interface Fetch {
    /**
     * Whole batches, unchanged, the first one being the one that holds the offset asked for.
     *
     * @param firstOffset base offset of the first batch, at or below the offset asked for
     * @param bytes read-only view of the mapped segment, from position 0; reading it after the
     *     segment was deleted throws IllegalStateException
     * @param nextOffset where to go on
     */
    record Batches(long firstOffset, ByteBuffer bytes, long nextOffset) implements Fetch {}

    /** Nothing there yet: the offset is the next one to be written. */
    record AtEnd(long endOffset) implements Fetch {}

    /** Retention took the offset away. */
    record BelowStart(long startOffset) implements Fetch {}

    /** The offset is above the next one to be written. */
    record BeyondEnd(long endOffset) implements Fetch {}

    /** The batch that holds the offset is not what was written: only another replica has it. */
    record Damaged(Damage damage) implements Fetch {}
  }

  /** A record and its time. */
  public record TimestampHit(long offset, long timestampMillis) {}

  /**
   * An empty log from offset 0. The directory is created; segments that lie in it already are
   * deleted.
   */
  public static PartitionLog create(Path directory, LogSettings settings) throws IOException {
    return restore(directory, settings, PartitionCheckpoint.EMPTY);
  }

  /**
   * Goes back to what a checkpoint recorded: what is beyond it is cut off, segments that it does
   * not list are deleted.
   *
   * @throws CorruptLogException when what the checkpoint recorded is not whole; nothing was changed
   *     then
   */
  public static PartitionLog restore(
      Path directory, LogSettings settings, PartitionCheckpoint checkpoint) throws IOException {
    return restore(directory, settings, checkpoint, new OpenFiles(1));
  }

  /**
   * Like {@link #restore(Path, LogSettings, PartitionCheckpoint)}, and shares the open files of
   * other logs of the same apply thread.
   */
  public static PartitionLog restore(
      Path directory, LogSettings settings, PartitionCheckpoint checkpoint, OpenFiles files)
      throws IOException {
    return restore(
        directory, settings, checkpoint, Verification.HEADERS, BatchWriter.TO_CHANNEL, files);
  }

  static PartitionLog restore(
      Path directory,
      LogSettings settings,
      PartitionCheckpoint checkpoint,
      Verification verification,
      BatchWriter writer,
      OpenFiles files)
      throws IOException {
    LogView view = LogRecovery.restore(directory, settings, checkpoint, verification);
    return new PartitionLog(directory, settings, view, writer, files, false);
  }

  /**
   * Opens a log that no node has open, for tools: all batches that are whole, from the first
   * segment up to the first damage. Writes nothing.
   */
  public static PartitionLog openReadOnly(Path directory) throws IOException {
    return new PartitionLog(
        directory,
        LogSettings.DEFAULTS,
        LogRecovery.readOnly(directory),
        BatchWriter.TO_CHANNEL,
        new OpenFiles(1),
        true);
  }

  /**
   * Appends a copy of a committed batch and stamps base offset and leader epoch into it. Apply
   * thread only.
   *
   * @param batch from position to limit one valid batch; not changed
   * @param nowMillis the leader's time of the append
   * @return the base offset it got
   * @throws IOException when the disk is full or fails; nothing was published then
   */
  public long append(ByteBuffer batch, int leaderEpoch, long nowMillis) throws IOException {
    requireWritable();
    RecordBatch header = RecordBatch.at(batch, batch.position());
    LogView now = view;
    long offset = now.endOffset();
    int size = batch.remaining();
    Segment active = now.last();
    List<Segment> segments = now.segments();
    if (active == null
        || active.isFull(settings, size, offset + header.lastOffsetDelta(), nowMillis)) {
      active = roll(batch, header, offset, leaderEpoch, nowMillis);
      segments = new ArrayList<>(segments);
      segments.add(active);
      segments = List.copyOf(segments);
    } else {
      active.append(batch, header, offset, leaderEpoch, nowMillis, files, writer);
    }
    long end = offset + header.lastOffsetDelta() + 1;
    view = new LogView(now.startOffset(), end, segments, active.position());
    for (Runnable listener : listeners) {
      listener.run();
    }
    return offset;
  }

  /** A new segment that begins with the batch; the full one is sealed only when that succeeded. */
  private Segment roll(
      ByteBuffer batch, RecordBatch header, long offset, int leaderEpoch, long nowMillis)
      throws IOException {
    sync.directoryChanges();
    Path file = SegmentFiles.log(directory, offset);
    Segment next = Segment.create(file, settings.segmentBytes(), batch.remaining(), nowMillis);
    try {
      next.append(batch, header, offset, leaderEpoch, nowMillis, files, writer);
      Segment full = view.last();
      if (full != null) {
        full.seal();
        files.close(full);
      }
      return next;
    } catch (IOException e) {
      files.close(next);
      next.close();
      next.deleteFiles(); // Nobody has seen it.
      throw e;
    }
  }

  /**
   * Reads whole batches, starting with the one that holds the offset. Any thread.
   *
   * @param bytesMax how much to answer with at most; one batch is answered with even if it is
   *     larger
   */
  public Fetch fetch(long offset, int bytesMax) {
    return read(reader -> reader.fetch(offset, bytesMax));
  }

  /**
   * The first record at or after a time, in offset order; null when there is none. Any thread.
   *
   * @throws DamagedLogException when it may be in a batch that is damaged
   */
  public @Nullable TimestampHit findByTimestamp(long timestampMillis) {
    return this.<@Nullable TimestampHit>read(reader -> reader.find(timestampMillis));
  }

  /**
   * SHA-256 over the stored batches from the one with the log start offset to the end, to compare
   * replicas.
   */
  public Digest digest() {
    return read(LogReader::digest);
  }

  <T extends @Nullable Object> T read(Function<LogReader, T> question) {
    return LogReader.ask(this, question);
  }

  LogView view() {
    return view;
  }

  OpenFiles files() {
    return files;
  }

  /** First offset that may be read. */
  public long logStartOffset() {
    return view.startOffset();
  }

  /** The next offset to be written; everything below it is committed. */
  public long endOffset() {
    return view.endOffset();
  }

  /** Bytes of batches in the segments that may be read. */
  public long sizeBytes() {
    return view.sizeBytes();
  }

  /** Segments that may be read. */
  public int segmentCount() {
    return view.segments().size();
  }

  /**
   * The offset that retention would move the log start to; the log start offset when nothing is
   * due. Whole segments only. The active one goes only when nothing was written to it for the
   * retention time and it is old enough to be sealed.
   */
  public long retentionStart(long nowMillis) {
    return Retention.startOffset(view, settings, nowMillis);
  }

  /**
   * Moves the log start to an offset, at most to the end; back it never goes. Apply thread only.
   * Segments wholly below it are out of sight at once; their files go when a checkpoint without
   * them is durable.
   */
  public void trimBefore(long startOffset) throws IOException {
    requireWritable();
    LogView now = view;
    long start = Math.min(startOffset, now.endOffset());
    if (start <= now.startOffset()) {
      return;
    }
    int gone = 0;
    while (gone < now.segments().size() && now.nextOffset(gone) <= start) {
      gone++;
    }
    // Before they are out of sight: force() looks at the view first and would miss them else.
    sync.retire(now.segments().subList(0, gone));
    List<Segment> left = List.copyOf(now.segments().subList(gone, now.segments().size()));
    view = new LogView(start, now.endOffset(), left, left.isEmpty() ? 0 : now.lastPosition());
  }

  /** Other limits from now on. Apply thread only. */
  public void alter(LogSettings changed) {
    settings = changed;
  }

  /** The limits in force. */
  public LogSettings settings() {
    return settings;
  }

  /** Calls back on the apply thread after each append; must be quick. */
  public void addListener(Runnable onEndOffsetMoved) {
    listeners.add(onEndOffsetMoved);
  }

  /** Ends what {@link #addListener} began. */
  public void removeListener(Runnable onEndOffsetMoved) {
    listeners.remove(onEndOffsetMoved);
  }

  /** What the log holds now. Apply thread only. */
  public PartitionCheckpoint checkpoint() {
    LogView now = view;
    return new PartitionCheckpoint(
        now.startOffset(),
        now.endOffset(),
        now.segments().stream().map(Segment::recorded).toList());
  }

  /**
   * Makes durable what every {@link #checkpoint} taken so far has listed. Any thread.
   *
   * @throws IOException when the disk fails. The kernel may have dropped what it could not write
   *     and would call the next try a success, so the node has to stop; this log throws at every
   *     later call, too
   */
  public void force() throws IOException {
    sync.force();
  }

  /**
   * Does what {@link #force} does for many logs at once. When more than a few files have something
   * to write, the whole file system is asked, once: a force of each would cost a flush of the disk
   * each. Any thread.
   */
  public static void forceAll(Collection<PartitionLog> logs, FileSystemSync fileSystem)
      throws IOException {
    SegmentSync.forceAll(logs.stream().map(log -> log.sync).toList(), fileSystem);
  }

  /**
   * Gives back what this log can do without just now: the pages that were appended or read, which
   * the kernel goes on to cache, and the mappings of sealed segments that nobody reads. To be
   * called every few seconds, on any one thread.
   *
   * @param releasesMax how many mappings may go: each stops all threads of the JVM for a moment
   * @return how many went
   */
  public int unload(int releasesMax) {
    return sync.unload(releasesMax);
  }

  /**
   * Deletes the files of trimmed segments that a durable checkpoint does not list. Any one thread.
   */
  public void deleteRetired(PartitionCheckpoint durable) throws IOException {
    sync.deleteRetired(durable);
  }

  /**
   * Closes the log and removes its directory. Only when no durable checkpoint lists the partition
   * any more.
   */
  public void delete() throws IOException {
    close();
    SegmentFiles.deleteTree(directory);
  }

  /** Unmaps everything. Readers find an empty log. Apply thread, or whoever follows it. */
  @Override
  public void close() {
    LogView now = view;
    view = LogView.empty(now.endOffset());
    sync.closeAll(now.segments());
  }

  /**
   * Closes the log because another one takes its place: unlike after {@link #close}, nobody takes
   * it for an empty one. Readers get an IllegalStateException, {@link #isReleased} tells them why,
   * and the offsets stay what they were. Apply thread only.
   */
  public void release() {
    released = true;
    sync.closeAll(view.segments());
  }

  /** Whether another log took the place of this one. */
  public boolean isReleased() {
    return released;
  }

  private void requireWritable() {
    if (readOnly) {
      throw new IllegalStateException(directory + " was opened to be read only");
    }
  }
}
