package dev.funes.server.grpc;

import dev.funes.cluster.PartitionId;
import dev.funes.state.HistoryEntry;
import dev.funes.state.KeyedState;
import dev.funes.state.OffsetCause;
import dev.funes.state.OffsetChange;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** How many records a second a consumer group commits, by the last minute of its history. */
final class CommitRates {
  private static final int WINDOW_MILLIS = 60_000;
  private static final int SPAN_MILLIS_MIN = 1_000;
  private static final int PAGE = 500;
  private static final int ENTRIES_MAX = 10_000;

  private final Map<PartitionId, Long> committed = new HashMap<>();
  private long spanMillis = WINDOW_MILLIS;

  private CommitRates() {}

  static CommitRates of(KeyedState state, String group, long nowMillis) {
    CommitRates rates = new CommitRates();
    long before = 0;
    int count = 0;
    while (count < ENTRIES_MAX) {
      List<HistoryEntry> page = state.history(group, before, PAGE);
      for (HistoryEntry entry : page) {
        if (entry.timeMillis() < nowMillis - WINDOW_MILLIS) {
          rates.spanMillis = WINDOW_MILLIS;
          return rates;
        }
        rates.add(entry, nowMillis);
      }
      if (page.size() < PAGE) {
        return rates; // the history is younger than the window, and so is the span
      }
      count += page.size();
      before = page.getLast().id();
    }
    return rates;
  }

  private void add(HistoryEntry entry, long nowMillis) {
    spanMillis = Math.clamp(nowMillis - entry.timeMillis(), SPAN_MILLIS_MIN, WINDOW_MILLIS);
    if (entry.cause() != OffsetCause.COMMIT) {
      return;
    }
    for (OffsetChange change : entry.changes()) {
      Long from = change.from();
      Long to = change.to();
      if (from != null && to != null && to > from) {
        committed.merge(
            new PartitionId(change.topicId(), change.partition()), to - from, Long::sum);
      }
    }
  }

  double perSecond(PartitionId partition) {
    return committed.getOrDefault(partition, 0L) * 1_000.0 / spanMillis;
  }
}
