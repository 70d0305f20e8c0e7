package dev.funes.group;

import dev.funes.state.OffsetCause;
import java.util.List;

/**
 * A change of stored offsets that waits until nobody holds the partitions.
 *
 * @param cause what the history will say
 * @param undoneId of an UNDO: the entry of the history that it undoes; else 0
 * @param startedMillis the coordinator's time when it was asked for
 */
public record PendingReset(
    OffsetCause cause, long undoneId, long startedMillis, List<OffsetTarget> targets) {
  public PendingReset {
    targets = List.copyOf(targets);
  }
}
