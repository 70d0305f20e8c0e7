package dev.funes.log;

import java.nio.file.Path;
import java.util.List;

/** What was found when a segment was read from its first byte to its last. */
public sealed interface SegmentFinding {
  /** It is not there any more: trimmed, dropped, or the log is closed. */
  record Gone() implements SegmentFinding {}

  /**
   * Every batch is what was written.
   *
   * @param bytes how much was read
   * @param indexRebuilt whether the index file was missing or damaged, and was written anew
   */
  record Whole(long bytes, boolean indexRebuilt) implements SegmentFinding {}

  /**
   * Some batch is not. Where the next good one begins is not always known, so there may be more of
   * them than are listed.
   *
   * @param damages in the order of the file; at least one, at most {@value #DAMAGES_MAX}
   */
  record Damaged(Path file, long bytes, List<Damage> damages) implements SegmentFinding {
    static final int DAMAGES_MAX = 1_000;

    /** Copies the list. */
    public Damaged {
      damages = List.copyOf(damages);
    }
  }
}
