package dev.funes.state;

import java.util.List;

/**
 * One change of the stored offsets of a consumer group.
 *
 * @param id from 1, growing by one with each entry of the consumer group
 * @param timeMillis the leader's time
 * @param memberId who committed; empty for everything that no member did
 * @param undoneId of an UNDO: the entry that it undid; else 0
 * @param changes by what was asked for, each partition once
 */
public record HistoryEntry(
    long id,
    long timeMillis,
    OffsetCause cause,
    String memberId,
    long undoneId,
    List<OffsetChange> changes) {

  /** Copies the list. */
  public HistoryEntry {
    changes = List.copyOf(changes);
  }
}
