package dev.funes.client;

import java.util.List;

/**
 * A part of the history of the stored offsets of a consumer group.
 *
 * @param entries newest first
 * @param more there are older ones: ask again with the id of the last entry
 */
public record OffsetHistoryPage(List<OffsetHistoryEntry> entries, boolean more) {
  public OffsetHistoryPage {
    entries = List.copyOf(entries);
  }
}
