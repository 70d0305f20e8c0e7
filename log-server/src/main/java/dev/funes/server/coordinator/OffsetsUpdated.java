package dev.funes.server.coordinator;

import dev.funes.state.OffsetChange;
import java.util.List;

/**
 * Stored offsets were moved.
 *
 * @param historyId the entry of the history that says so; 0 when there was nothing to move
 * @param changes by what was asked for
 */
public record OffsetsUpdated(long historyId, List<OffsetChange> changes) {
  public OffsetsUpdated {
    changes = List.copyOf(changes);
  }
}
