package dev.funes.state;

/**
 * How far the history of a consumer group reaches.
 *
 * @param newestId of the last entry that was written; 0 before the first
 * @param completeFromId commits before this entry are no longer in the history. Entries of other
 *     causes are kept longer and may be older
 */
public record HistoryBounds(long newestId, long completeFromId) {
  /** Of a consumer group without any history. */
  static final HistoryBounds NOTHING = new HistoryBounds(0, 1);
}
