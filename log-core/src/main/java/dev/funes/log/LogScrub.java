package dev.funes.log;

import dev.funes.record.RecordBatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the segments of one log again, to find what the disk has changed, and writes a damaged one
 * anew with the help of another replica. On any one thread, while the log is appended to and read.
 */
public final class LogScrub {
  private final PartitionLog log;

  /** Of a log that was not opened to be read only. */
  public LogScrub(PartitionLog log) {
    this.log = log;
  }

  /** A segment as far as it was published when somebody looked. */
  private record Look(Segment segment, int end, long nextOffset, boolean active) {}

  /** Base offsets of the segments there are. */
  public List<Long> segments() {
    return log.view().segments().stream().map(Segment::baseOffset).toList();
  }

  /** The base offset of the segment that holds an offset; below 0 when there is none. */
  public long segmentOf(long offset) {
    LogView view = log.view();
    return view.segments().isEmpty()
        ? -1
        : view.segments().get(view.segmentOf(offset)).baseOffset();
  }

  /**
   * Whole batches from the one on that holds an offset, as {@link PartitionLog#fetch}, but also
   * such below the log start that are still there: another replica may miss them.
   */
  public PartitionLog.Fetch stored(long offset, int bytesMax) {
    return log.read(reader -> reader.stored(offset, bytesMax));
  }

  /** Nothing that was read or written a moment ago is taken for whole any more. */
  public void distrust() {
    log.view().segments().forEach(segment -> segment.marks().clear());
  }

  /** Bytes of batches in a segment; 0 when it is gone. */
  public long bytes(long baseOffset) {
    Look look = look(baseOffset);
    return look == null ? 0 : look.end;
  }

  /**
   * Reads all of a segment.
   *
   * @param fromDisk whether to read past the page cache, where that can be
   * @throws IOException when files cannot be opened or an index cannot be written
   */
  public SegmentFinding check(long baseOffset, boolean fromDisk, Pace pace)
      throws IOException, InterruptedException {
    Look look = look(baseOffset);
    if (look == null) {
      return new SegmentFinding.Gone();
    }
    List<Damage> damages = damages(look, fromDisk, pace);
    if (isGone(look)) {
      return new SegmentFinding.Gone();
    }
    if (!damages.isEmpty()) {
      return new SegmentFinding.Damaged(look.segment.file(), look.end, damages);
    }
    return new SegmentFinding.Whole(look.end, !look.active && look.segment.repairIndex());
  }

  private static List<Damage> damages(Look look, boolean fromDisk, Pace pace)
      throws IOException, InterruptedException {
    Segment segment = look.segment;
    List<Damage> damages = new ArrayList<>();
    try (BatchFile file =
        fromDisk ? BatchFile.openPastCache(segment.file()) : BatchFile.open(segment.file())) {
      int position = 0;
      long offset = segment.baseOffset();
      while (position < look.end && damages.size() < SegmentFinding.Damaged.DAMAGES_MAX) {
        String problem = file.problem(position, look.end, offset, segment.epochs());
        int next;
        if (problem == null) {
          RecordBatch batch = file.batch();
          next = position + batch.sizeBytes();
          offset = batch.nextOffset();
        } else {
          damages.add(new Damage(segment.file(), position, offset, problem));
          if (segment.isClosed()) {
            break;
          }
          OffsetIndex index = segment.index();
          int unit = index.unitAtPosition(position) + 1;
          if (unit > index.count() || index.start(unit) >= look.end) {
            pace.spent(look.end - position);
            break;
          }
          next = index.start(unit);
          offset = segment.baseOffset() + index.relativeOffset(unit);
        }
        pace.spent(next - position);
        position = next;
      }
      if (damages.isEmpty() && offset != look.nextOffset) {
        damages.add(
            new Damage(segment.file(), position, offset, "it has to end at " + look.nextOffset));
      }
    }
    return damages;
  }

  /**
   * Writes a segment anew: what is whole of it, and the rest from another replica. Readers and
   * appends go on meanwhile.
   *
   * @param work a file to be made on the same file system; it is gone afterwards
   * @throws java.io.UncheckedIOException when a file could not be forced: the node has to stop
   */
  public SegmentRepair repair(long baseOffset, BatchSource source, Path work, Pace pace)
      throws InterruptedException {
    Look look = look(baseOffset);
    if (look == null) {
      return new SegmentRepair.Gone();
    }
    try {
      SegmentRepair outcome = repair(look, source, work, pace);
      return isGone(look) ? new SegmentRepair.Gone() : outcome;
    } catch (IOException e) {
      return isGone(look) ? new SegmentRepair.Gone() : new SegmentRepair.Failed(e.toString());
    }
  }

  private SegmentRepair repair(Look look, BatchSource source, Path work, Pace pace)
      throws IOException, InterruptedException {
    Files.deleteIfExists(work);
    try (BatchFile old = BatchFile.open(look.segment.file());
        SegmentRewrite rewrite = new SegmentRewrite(work, look.segment, look.end, pace)) {
      rewrite.fill(old, source);
      if (rewrite.offset() != look.nextOffset || !look.segment.replaceFile(rewrite, log.files())) {
        return new SegmentRepair.Failed("what was put together has other batches");
      }
      if (!look.active) {
        look.segment.repairIndex();
      }
      return new SegmentRepair.Done(rewrite.fetched(), look.end);
    } finally {
      Files.deleteIfExists(work);
    }
  }

  private @Nullable Look look(long baseOffset) {
    LogView view = log.view();
    List<Segment> segments = view.segments();
    for (int i = 0; i < segments.size(); i++) {
      if (segments.get(i).baseOffset() == baseOffset) {
        return new Look(
            segments.get(i), view.endPosition(i), view.nextOffset(i), i == segments.size() - 1);
      }
    }
    return null;
  }

  private boolean isGone(Look look) {
    return look.segment.isClosed() || !log.view().segments().contains(look.segment);
  }
}
