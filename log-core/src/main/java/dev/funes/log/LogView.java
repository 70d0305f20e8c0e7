package dev.funes.log;

import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a partition's log is at one moment. The writer publishes a new one with one volatile write;
 * a reader takes one and works on nothing else, so whatever it sees fits together.
 *
 * @param startOffset first offset that may be read
 * @param endOffset the next offset to be written
 * @param segments in offset order; the last one may still be written to
 * @param lastPosition where the batches of the last segment end; 0 without segments
 */
record LogView(long startOffset, long endOffset, List<Segment> segments, int lastPosition) {
  static LogView empty(long offset) {
    return new LogView(offset, offset, List.of(), 0);
  }

  @Nullable Segment last() {
    return segments.isEmpty() ? null : segments.getLast();
  }

  /** Where the batches of a segment end. */
  int endPosition(int segment) {
    return segment == segments.size() - 1 ? lastPosition : segments.get(segment).position();
  }

  /** The offset after the last one of a segment. */
  long nextOffset(int segment) {
    return segment == segments.size() - 1 ? endOffset : segments.get(segment + 1).baseOffset();
  }

  /** The number of the segment that holds an offset from start to before the end. */
  int segmentOf(long offset) {
    int low = 0;
    int high = segments.size() - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (segments.get(middle).baseOffset() <= offset) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  /** The bytes of a segment, readable up to the end of its batches. */
  ByteBuffer bytes(int segment) {
    return segments.get(segment).bytes().slice(0, endPosition(segment));
  }

  long sizeBytes() {
    long size = 0;
    for (int segment = 0; segment < segments.size(); segment++) {
      size += endPosition(segment);
    }
    return size;
  }
}
