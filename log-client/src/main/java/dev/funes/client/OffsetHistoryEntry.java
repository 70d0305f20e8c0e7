package dev.funes.client;

import java.util.List;

/**
 * One change of the stored offsets of a consumer group.
 *
 * @param id grows with every change of this group; not dense
 * @param timeMillis milliseconds since 1970-01-01 UTC
 * @param memberId who committed; empty for a commit without membership and for a reset
 * @param undoneId of an undo: the entry that it took back; otherwise 0
 * @param changes by topic and partition
 */
public record OffsetHistoryEntry(
    long id,
    long timeMillis,
    OffsetCause cause,
    String memberId,
    long undoneId,
    List<OffsetChange> changes) {
  public OffsetHistoryEntry {
    changes = List.copyOf(changes);
  }
}
