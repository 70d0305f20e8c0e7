package dev.funes.client;

import java.util.Map;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** Finds how far a copy is, by the last record of it in a partition of the target. Blocks. */
final class CopyTail {
  private static final long WINDOW_RECORDS = 4_096;
  private static final int WINDOW_GROWTH = 4;

  private final ClientConfig config;
  private final Admin admin;
  private final String filter;

  CopyTail(ClientConfig config, Admin admin, String id) {
    this.config = config;
    this.admin = admin;
    this.filter = CopyMark.filter(id);
  }

  long offset(TopicPartition partition, LogPosition position) {
    ListedOffset listed = admin.listOffsets(Map.of(partition, position)).get(partition);
    if (listed == null) {
      throw new FunesException(
          ErrorCode.INTERNAL, "the cluster did not tell an offset of " + partition);
    }
    return listed.offset();
  }

  /**
   * The position in the last mark between two offsets; null when there is none. The nodes look
   * through the windows from the end on, and send marks alone.
   */
  @Nullable SortedMap<TopicPartition, Long> last(TopicPartition partition, long from, long to) {
    long end = to;
    long window = WINDOW_RECORDS;
    while (end > from) {
      long start = Math.max(from, end - window);
      SortedMap<TopicPartition, Long> found = lastWithin(partition, start, end);
      if (found != null) {
        return found;
      }
      end = start;
      window *= WINDOW_GROWTH;
    }
    return null;
  }

  private @Nullable SortedMap<TopicPartition, Long> lastWithin(
      TopicPartition partition, long from, long to) {
    ReplayRange range =
        ReplayRange.between(Cut.of(Map.of(partition, from)), Cut.of(Map.of(partition, to)))
            .withFilter(filter);
    SortedMap<TopicPartition, Long> last = null;
    try (Replay replay = Replay.open(config, range)) {
      while (replay.hasNext()) {
        SortedMap<TopicPartition, Long> position = CopyMark.position(replay.next().record());
        last = position == null ? last : position;
      }
    }
    return last;
  }
}
