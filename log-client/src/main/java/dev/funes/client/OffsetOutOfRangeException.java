package dev.funes.client;

/** A consumer asked for an offset before the start or beyond the end of a partition. */
public final class OffsetOutOfRangeException extends FunesException {
  private static final long serialVersionUID = 1L;

  private final transient TopicPartition partition;
  private final long requestedOffset;
  private final long logStartOffset;
  private final long endOffset;

  OffsetOutOfRangeException(
      TopicPartition partition, long requestedOffset, long logStartOffset, long endOffset) {
    super(
        ErrorCode.OFFSET_OUT_OF_RANGE,
        "offset %d of %s is out of range: the log starts at %d and ends at %d"
            .formatted(requestedOffset, partition, logStartOffset, endOffset),
        "offset",
        0,
        null);
    this.partition = partition;
    this.requestedOffset = requestedOffset;
    this.logStartOffset = logStartOffset;
    this.endOffset = endOffset;
  }

  public TopicPartition partition() {
    return partition;
  }

  public long requestedOffset() {
    return requestedOffset;
  }

  /** The first offset that is still there. */
  public long logStartOffset() {
    return logStartOffset;
  }

  /** The next offset to be written; a consumer may wait there. */
  public long endOffset() {
    return endOffset;
  }
}
