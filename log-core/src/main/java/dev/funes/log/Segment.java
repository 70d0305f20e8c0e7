package dev.funes.log;

import dev.funes.record.RecordBatch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One memory-mapped file of record batches, back to back from its start.
 *
 * <p>Batches are written with the file's channel and read through the mapping, which is the same
 * page cache: a store to a page that is not there yet costs a page fault that first reads it, and
 * on a full disk it is a bus error, while a write is one call for a whole batch, and an
 * IOException. One thread appends and seals. Any thread reads below a position that the {@link
 * PartitionLog} has published; bytes below it never change. Closing the segment makes every reader
 * that still holds a view of it fail with an IllegalStateException, never with a crash.
 */
final class Segment {
  private static final Logger LOG = LoggerFactory.getLogger(Segment.class);

  /** Rounds without a reader after which the mapping goes: longer than any reader holds a slice. */
  private static final int UNREAD_ROUNDS_MIN = 30;

  private final Path file;
  private final long baseOffset;
  private final SegmentMapping mapping;
  private final CRC32C headersCrc;
  private final LeaderEpochs epochs;
  private final CheckMarks marks;

  /** In memory while it grows; null when it is sealed, and the index is a file. */
  private volatile @Nullable OffsetIndex index;

  /** What was read from that file; null when nobody needs it. */
  private volatile @Nullable OffsetIndex loadedIndex;

  // With the checksum of the headers, under the lock of the mapping.
  private int position; // Invariant: bytes below it are whole batches.
  private long maxTimestampMillis;
  private long firstAppendMillis;
  private long lastAppendMillis; // A reader may see an older one, which only ever postpones.
  private volatile int forcedBytes;
  private int askedBytes; // Bytes below it are written back already, or were asked to be.
  private int unreadRounds; // Under the lock of SegmentSync.

  private Segment(Path file, int capacityBytes, boolean growing, BatchWalk found) {
    this.file = file;
    this.baseOffset = SegmentFiles.baseOffset(file);
    this.mapping = new SegmentMapping(file, capacityBytes, growing);
    this.headersCrc = found.headersCrc();
    this.epochs = found.epochs();
    this.marks = new CheckMarks(found.position() == 0 ? -1 : found.index().count());
    this.index = found.index();
    this.position = found.position();
    this.maxTimestampMillis = found.maxTimestampMillis();
    this.forcedBytes = found.position();
    this.askedBytes = found.position();
  }

  /** A new segment for at least one batch of {@code bytesNeeded}. */
  static Segment create(Path file, int segmentBytes, int bytesNeeded, long nowMillis)
      throws IOException {
    Files.createFile(file); // An existing file is a bug: it was not deleted at restore.
    BatchWalk nothing =
        new BatchWalk(ByteBuffer.allocate(0), 0, SegmentFiles.baseOffset(file), false);
    Segment segment = new Segment(file, Math.max(segmentBytes, bytesNeeded), true, nothing);
    segment.firstAppendMillis = nowMillis;
    segment.lastAppendMillis = nowMillis;
    return segment;
  }

  /** The last segment of a restored log, after it was cut to what the walk found in it. */
  static Segment reopen(Path file, int segmentBytes, SegmentPosition recorded, BatchWalk found) {
    return new Segment(file, Math.max(segmentBytes, found.position()), true, found)
        .restored(recorded);
  }

  /** A sealed segment of a restored log. */
  static Segment openSealed(Path file, SegmentPosition recorded, BatchWalk found)
      throws IOException {
    Segment segment = new Segment(file, found.position(), false, found).restored(recorded);
    if (!Files.exists(SegmentFiles.indexOf(file))) {
      found.index().save(SegmentFiles.indexOf(file), segment.indexFooter());
    }
    segment.index = null;
    return segment;
  }

  /** A segment that is only looked at: no file is written. */
  static Segment openReadOnly(Path file, BatchWalk found) {
    return new Segment(file, found.position(), false, found);
  }

  private Segment restored(SegmentPosition recorded) {
    firstAppendMillis = recorded.firstAppendMillis();
    lastAppendMillis = recorded.lastAppendMillis();
    return this;
  }

  /** Whether one more batch has no place; a segment never passes the size it was created with. */
  boolean isFull(LogSettings limits, int batchBytes, long lastOffset, long nowMillis) {
    long end = (long) position + batchBytes;
    return end > Math.min(mapping.capacityBytes(), limits.segmentBytes())
        || lastOffset - baseOffset > Integer.MAX_VALUE
        || isOlderThan(limits.segmentMillis(), nowMillis);
  }

  boolean isOlderThan(long ageMillis, long nowMillis) {
    return nowMillis - firstAppendMillis >= ageMillis;
  }

  /**
   * Writes a batch that there is room for, with the two fields of it that are the node's.
   *
   * @throws IOException when the disk is full or fails; the segment is as it was then
   */
  void append(
      ByteBuffer batch,
      RecordBatch header,
      long offset,
      int leaderEpoch,
      long nowMillis,
      OpenFiles files,
      BatchWriter writer)
      throws IOException {
    int size = batch.remaining();
    OffsetIndex growing = Objects.requireNonNull(index, "expected a segment that is not sealed");
    ByteBuffer stamped = header.stampedHeader(offset, leaderEpoch);
    ByteBuffer records =
        batch.slice(batch.position() + RecordBatch.HEADER_BYTES, size - RecordBatch.HEADER_BYTES);
    synchronized (mapping) {
      int at = position;
      FileChannel out = files.of(this);
      try {
        writer.write(out, new ByteBuffer[] {stamped, records});
      } catch (IOException e) {
        out.position(at);
        throw e;
      }
      epochs.add(offset, leaderEpoch); // First: whoever finds the batch asks for it.
      growing.add((int) (offset - baseOffset), at, maxTimestampMillis);
      headersCrc.update(stamped.rewind().limit(BatchWalk.PREFIX_BYTES));
      position = at + size;
    }
    marks.written(growing.count());
    maxTimestampMillis = Math.max(maxTimestampMillis, header.maxTimestamp());
    lastAppendMillis = Math.max(lastAppendMillis, nowMillis);
    writeBack(WriteBack.PIECE_BYTES);
  }

  /** Has what was appended brought to the disk, when it is as much as that. Apply thread only. */
  private void writeBack(int bytesMin) {
    if (position - askedBytes >= bytesMin) {
      WriteBack.ask(file, askedBytes, position);
      askedBytes = position;
    }
  }

  /** Nothing more is appended: moves the index from memory to its file. */
  void seal() throws IOException {
    OffsetIndex grown = index;
    if (grown == null) {
      return;
    }
    writeBack(1);
    synchronized (mapping) {
      if (Files.exists(file)) { // Else it was deleted, and there is nothing but to repair it.
        SegmentFiles.cut(file, position); // A write that failed may have left something behind it.
      }
    }
    grown.save(SegmentFiles.indexOf(file), indexFooter());
    index = null;
  }

  private OffsetIndex.Footer indexFooter() {
    return new OffsetIndex.Footer(position, (int) headersCrc.getValue(), maxTimestampMillis);
  }

  /** Makes the bytes below a published position durable, unless the segment is closed. */
  void force(int end) throws IOException {
    if (unforcedBytes(end) == 0 || mapping.isClosed()) {
      return;
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.force(false);
    } catch (IOException e) {
      throw new IOException(file + " could not be written back", e);
    }
    forced(end);
  }

  /** How much {@link #force} would have to write. */
  int unforcedBytes(int end) {
    return Math.max(0, end - forcedBytes);
  }

  /** The bytes below a published position have become durable. */
  void forced(int end) {
    forcedBytes = Math.max(forcedBytes, end);
  }

  /**
   * Takes the pages out of this process' memory when they were read since the last call; one such
   * call every few seconds is a round.
   */
  void unload(int end) {
    unreadRounds = mapping.unloadWhenRead(end) ? 0 : unreadRounds + 1;
    if (unreadRounds == UNREAD_ROUNDS_MIN) {
      loadedIndex = null;
      marks.clear();
    }
  }

  /** Unmaps the file when nobody has read it for many rounds; false when there is nothing to do. */
  boolean releaseWhenIdle() {
    return mapping.isReleasable() && unreadRounds >= UNREAD_ROUNDS_MIN && mapping.release();
  }

  boolean isMapped() {
    return mapping.isMapped();
  }

  /** False when a reader is in the middle of an I/O call on it: try again later. */
  boolean close() {
    return mapping.close();
  }

  /** Removes the files of a closed segment. */
  void deleteFiles() throws IOException {
    Files.deleteIfExists(SegmentFiles.indexOf(file));
    Files.deleteIfExists(file);
  }

  SegmentPosition recorded() {
    return new SegmentPosition(
        baseOffset, position, (int) headersCrc.getValue(), firstAppendMillis, lastAppendMillis);
  }

  Path file() {
    return file;
  }

  long baseOffset() {
    return baseOffset;
  }

  int position() {
    return position;
  }

  /** Greatest timestamp of all batches in it. */
  long maxTimestampMillis() {
    return maxTimestampMillis;
  }

  long lastAppendMillis() {
    return lastAppendMillis;
  }

  /** The leader epochs of its batches. */
  LeaderEpochs epochs() {
    return epochs;
  }

  /** What of it was written or checked a moment ago. */
  CheckMarks marks() {
    return marks;
  }

  /** Opens the file to look at it; throws IllegalStateException when the segment is closed. */
  BatchFile openToCheck() throws IOException {
    BatchFile opened = BatchFile.open(file);
    if (mapping.isClosed()) {
      opened.close(); // It may be missing because it was deleted.
      throw new IllegalStateException(file + " is closed");
    }
    return opened;
  }

  boolean isClosed() {
    return mapping.isClosed();
  }

  /**
   * Finds batches in it; of a damaged segment whose index is lost as well, those before the damage.
   * Throws UncheckedIOException when the files cannot be read.
   */
  OffsetIndex index() {
    OffsetIndex growing = index;
    OffsetIndex known = growing != null ? growing : loadedIndex;
    if (known != null) {
      return known;
    }
    try {
      synchronized (mapping) {
        OffsetIndex loaded = loadedIndex;
        if (loaded == null) {
          loaded = OffsetIndex.load(SegmentFiles.indexOf(file), indexFooter());
          loadedIndex = loaded = loaded != null ? loaded : rebuiltIndex();
        }
        return loaded;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Puts the file of the index right, if it is not; false when it was. For sealed segments. */
  boolean repairIndex() throws IOException {
    synchronized (mapping) {
      if (index != null
          || mapping.isClosed()
          || OffsetIndex.load(SegmentFiles.indexOf(file), indexFooter()) != null) {
        return false;
      }
      rebuiltIndex();
      return true;
    }
  }

  private OffsetIndex rebuiltIndex() throws IOException {
    try (BatchFile batches = openToCheck()) {
      OffsetIndex rebuilt = new OffsetIndex();
      if (rebuilt.addAll(batches, position, baseOffset, epochs)) {
        rebuilt.save(SegmentFiles.indexOf(file), indexFooter());
        LOG.warn("the index of {} was missing or damaged, and is made again", file);
      }
      return rebuilt;
    }
  }

  /**
   * Puts a file with the same batches in place of this segment's, durably. What was appended
   * meanwhile is copied behind them; appends wait for that.
   *
   * @return false when the segment was closed meanwhile, or the batches are others
   * @throws UncheckedIOException when a file could not be forced: the node has to stop
   */
  boolean replaceFile(SegmentRewrite whole, OpenFiles files) throws IOException {
    synchronized (mapping) {
      if (mapping.isClosed()
          || (position > whole.position() && !whole.addTail(files.of(this), position))
          || whole.headersCrc() != (int) headersCrc.getValue()) {
        return false;
      }
      try {
        whole.force();
        Files.move(whole.path(), file, StandardCopyOption.ATOMIC_MOVE);
        Path directory = file.toAbsolutePath().getParent();
        if (directory != null) {
          SegmentFiles.syncDirectory(directory);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(file + " could not be replaced durably", e);
      }
      files.close(this);
      mapping.fileChanged();
      loadedIndex = null;
      marks.clear();
      return true;
    }
  }

  /**
   * The mapping; read below a published position only. Throws UncheckedIOException when the file
   * cannot be mapped.
   */
  ByteBuffer bytes() {
    try {
      return mapping.mapped().bytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
