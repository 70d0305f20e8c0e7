package dev.funes.client;

import java.util.List;

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

  /** To what a bookmark holds; partitions that it does not hold stay where they are. */
  record Bookmark(String name) implements ResetTo {}

  /**
   * To these, each kept within its log; others stay where they are.
   *
   * @param cause what the history says of it: RESET, IMPORT or COPY
   */
  record Targets(List<OffsetTarget> targets, OffsetCause cause) implements ResetTo {
    public Targets {
      targets = List.copyOf(targets);
    }
  }

  /**
   * To exactly what was before the newest reset, import, copy or deletion that has not been undone,
   * also where there was nothing.
   */
  record Undo() implements ResetTo {}
}
