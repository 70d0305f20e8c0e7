package dev.funes.replication;

import dev.funes.group.OffsetTarget;
import dev.funes.state.OffsetCause;
import java.util.List;

/**
 * Stored offsets of a consumer group that are set to these, whatever they are.
 *
 * @param cause what the history says of it
 * @param undoneId of an UNDO: the entry of the history that it undoes; else 0
 */
public record OffsetUpdate(OffsetCause cause, long undoneId, List<OffsetTarget> targets) {
  public OffsetUpdate {
    targets = List.copyOf(targets);
  }
}
