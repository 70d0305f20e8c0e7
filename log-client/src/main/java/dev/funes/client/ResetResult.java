package dev.funes.client;

import java.util.List;

/**
 * What a reset moved, or would move.
 *
 * @param historyId its entry in the history; 0 for a dry run
 * @param undoneId with an undo: the entry that it takes back; otherwise 0
 * @param offsets by topic and partition
 */
public record ResetResult(long historyId, long undoneId, List<ResetOffset> offsets) {
  public ResetResult {
    offsets = List.copyOf(offsets);
  }
}
