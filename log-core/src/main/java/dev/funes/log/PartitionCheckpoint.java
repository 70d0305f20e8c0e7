package dev.funes.log;

import java.util.List;

/**
 * What a partition's log held at one moment: enough to cut its files back to just that.
 *
 * @param logStartOffset first offset that may still be read
 * @param endOffset the next offset to be written
 * @param segments the segments in offset order; empty for a partition without records
 */
public record PartitionCheckpoint(
    long logStartOffset, long endOffset, List<SegmentPosition> segments) {
  /** Of a partition that was never written to. */
  public static final PartitionCheckpoint EMPTY = new PartitionCheckpoint(0, 0, List.of());

  /** Copies the list. Throws IllegalArgumentException when the offsets contradict each other. */
  public PartitionCheckpoint {
    segments = List.copyOf(segments);
    if (logStartOffset < 0 || logStartOffset > endOffset) {
      throw new IllegalArgumentException(
          "expected 0 <= log start offset <= end offset, was "
              + logStartOffset
              + " and "
              + endOffset);
    }
    long before = -1;
    for (SegmentPosition segment : segments) {
      if (segment.baseOffset() <= before
          || segment.baseOffset() >= endOffset
          || segment.positionBytes() <= 0) {
        throw new IllegalArgumentException(
            "expected segments with batches, in order and below " + endOffset + ", was " + segment);
      }
      before = segment.baseOffset();
    }
  }
}
