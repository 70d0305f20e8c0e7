package dev.funes.log;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/**
 * Checks batches of one segment before somebody reads them, unless they were written or checked a
 * moment ago. One thread, one read.
 */
final class ReadCheck {
  private final Segment segment;
  private final OffsetIndex index;
  private final int end;
  private final long nextOffset;
  private final long ageMillis;
  private @Nullable Damage damage;
  private long readableOffset;

  /**
   * @param ageMillis how long a mark is good for
   */
  ReadCheck(LogView view, int segment, long ageMillis) {
    this.segment = view.segments().get(segment);
    this.index = this.segment.index();
    this.end = view.endPosition(segment);
    this.nextOffset = view.nextOffset(segment);
    this.ageMillis = ageMillis;
  }

  OffsetIndex index() {
    return index;
  }

  /** What the last check came upon; null when nothing. */
  @Nullable Damage damage() {
    return damage;
  }

  /** The offset of what begins at the last {@link #readableEnd}. */
  long readableOffset() {
    return readableOffset;
  }

  /**
   * Up to where batches may be read: the end of the unit that holds the position, or the first
   * damage before it.
   *
   * @param first the unit to begin with
   */
  int readableEnd(int first, long position) {
    int last = Math.max(first, index.unitAtPosition(Math.min(position, end - 1L)));
    int now = CheckMarks.now();
    int old = segment.marks().firstOld(first, last, now, ageMillis);
    if (old <= last) {
      check(old, last, now);
    }
    if (damage != null) {
      readableOffset = damage.offset();
      return (int) damage.position();
    }
    readableOffset = endOffset(last);
    return end(last);
  }

  private void check(int first, int last, int now) {
    try (BatchFile file = segment.openToCheck()) {
      for (int unit = first; unit <= last; unit++) {
        if (segment.marks().firstOld(unit, unit, now, ageMillis) == unit) {
          damage = check(file, unit);
          if (damage != null) {
            return;
          }
          segment.marks().checked(unit, now);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private @Nullable Damage check(BatchFile file, int unit) throws IOException {
    int position = index.start(unit);
    long offset = segment.baseOffset() + index.relativeOffset(unit);
    int unitEnd = end(unit);
    while (position < unitEnd) {
      String problem = file.problem(position, unitEnd, offset, segment.epochs());
      if (problem != null) {
        return new Damage(segment.file(), position, offset, problem);
      }
      position += file.batch().sizeBytes();
      offset = file.batch().nextOffset();
    }
    return offset == endOffset(unit)
        ? null
        : new Damage(
            segment.file(),
            index.start(unit),
            segment.baseOffset() + index.relativeOffset(unit),
            "expected batches up to offset " + endOffset(unit) + ", they end at " + offset);
  }

  /** A batch that is not published yet may have an entry already: it begins at the end. */
  private boolean hasNext(int unit) {
    return unit < index.count() && index.start(unit + 1) <= end;
  }

  private int end(int unit) {
    return hasNext(unit) ? index.start(unit + 1) : end;
  }

  private long endOffset(int unit) {
    return hasNext(unit) ? segment.baseOffset() + index.relativeOffset(unit + 1) : nextOffset;
  }
}
