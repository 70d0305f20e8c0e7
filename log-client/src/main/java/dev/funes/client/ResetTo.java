package dev.funes.client;

/** Where {@link Admin#resetOffsets} moves the stored offsets of a group. */
public sealed interface ResetTo {
  /** The first offset still there. */
  record Start() implements ResetTo {}

  /** The next offset to be written. */
  record End() implements ResetTo {}

  /** This offset in every partition, kept within its log. */
  record Offset(long offset) implements ResetTo {}

  /** The first record that is not older, in milliseconds since 1970-01-01 UTC. */
  record Timestamp(long millis) implements ResetTo {}

  /** This much further than each stored offset; may be negative. */
  record ShiftBy(long records) implements ResetTo {}
}
