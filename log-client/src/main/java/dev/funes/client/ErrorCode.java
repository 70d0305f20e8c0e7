package dev.funes.client;

/** What went wrong, for programs. The names are stable. */
public enum ErrorCode {
  /** The request is wrong and will stay wrong; nothing was written. */
  INVALID_ARGUMENT,
  UNKNOWN_TOPIC,
  UNKNOWN_PARTITION,
  TOPIC_EXISTS,
  UNKNOWN_GROUP,
  RECORD_TOO_LARGE,
  BATCH_TOO_LARGE,
  /** A record batch is damaged or not of the layout. */
  CORRUPT_BATCH,
  /** A batch of an idempotent producer came although one before it is missing. */
  OUT_OF_ORDER_SEQUENCE,
  /** A newer producer with this producer id is at work. */
  PRODUCER_FENCED,
  /** The cluster has forgotten the producer id, or never handed it out. */
  UNKNOWN_PRODUCER,
  /** A limit of the cluster was passed; the message and {@link FunesException#limit()} name it. */
  LIMIT_EXCEEDED,
  /** The offset lies outside the log; see {@link OffsetOutOfRangeException}. */
  OFFSET_OUT_OF_RANGE,
  /**
   * The partition did not end where it was expected to; {@link FunesException#limit()} is where.
   */
  OFFSET_CONFLICT,
  /** The session of this member of a consumer group has ended. */
  UNKNOWN_MEMBER,
  /** An operator sent this member of a consumer group away. */
  MEMBER_KICKED,
  /** Another process has joined the consumer group with the same instance id. */
  MEMBER_REPLACED,
  /** The partition is held by another member of the consumer group, or by nobody any more. */
  NOT_OWNER,
  /** The consumer group has members. */
  GROUP_NOT_EMPTY,
  /** Another reset of the consumer group is under way. */
  GROUP_RESETTING,
  UNKNOWN_BOOKMARK,
  BOOKMARK_EXISTS,
  /** The history has no reset that could be undone. */
  NOTHING_TO_UNDO,
  NOT_LEADER,
  /** The node was too busy until the timeout; nothing was written. */
  RETRY,
  /**
   * The disk of a node was full up to its reserve until the timeout; nothing was written. Reads and
   * deletions go on, and writes do when there is room again.
   */
  DISK_FULL,
  /** The write may or may not have happened. */
  UNKNOWN_OUTCOME,
  /** Nodes answered, but there was no leader or no quorum until the timeout. */
  UNAVAILABLE,
  /** No node could be reached; the message names the addresses that were tried. */
  UNREACHABLE,
  /** There was no answer, or no room in the producer's buffer, in time. */
  TIMEOUT,
  /** The producer, consumer or admin was closed. */
  CLOSED,
  /** A fault of the cluster or of the client; a write may or may not have happened. */
  INTERNAL
}
