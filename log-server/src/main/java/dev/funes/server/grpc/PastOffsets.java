package dev.funes.server.grpc;

import dev.funes.cluster.PartitionId;
import dev.funes.proto.v1.FetchOffsetsRequest;
import dev.funes.state.Bookmark;
import dev.funes.state.GroupOffset;
import dev.funes.state.HistoryEntry;
import dev.funes.state.KeyedState;
import dev.funes.state.OffsetChange;
import dev.funes.state.StoredOffset;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The stored offsets of a consumer group as they were: those of now, with what the history tells
 * taken back, newest first.
 */
final class PastOffsets {
  private static final int PAGE_ENTRIES = 50;
  private static final int READS_MAX = 100;
  private static final long RETRY_MILLIS = 10;
  private static final int EPOCH_UNKNOWN = -1;

  private final KeyedState state;
  private final String group;
  private final Map<PartitionId, GroupOffset> offsets = new HashMap<>();
  private final Deque<HistoryEntry> page = new ArrayDeque<>();
  // Every entry from this one on has been taken back.
  private long takenBackFromId;

  private PastOffsets(KeyedState state, String group) {
    this.state = state;
    this.group = group;
  }

  /** Throws {@link RequestProblem} when the history does not reach back so far. */
  static Collection<GroupOffset> at(KeyedState state, FetchOffsetsRequest request) {
    String group = request.getGroup();
    return switch (request.getAtCase()) {
      case AT_NOT_SET -> state.offsets(group);
      case BOOKMARK -> bookmark(state, group, request.getBookmark()).offsets();
      case HISTORY_ID -> new PastOffsets(state, group).after(request.getHistoryId());
      case TIMESTAMP_MILLIS -> new PastOffsets(state, group).atTime(request.getTimestampMillis());
    };
  }

  /** Throws {@link RequestProblem} when there is no such bookmark. */
  static Bookmark bookmark(KeyedState state, String group, String name) {
    GroupStates.requireKnown(state, group);
    Bookmark bookmark = state.bookmark(group, name);
    if (bookmark == null) {
      throw new RequestProblem(Errors.unknownBookmark(group, name));
    }
    return bookmark;
  }

  private Collection<GroupOffset> after(long historyId) {
    GroupStates.requireKnown(state, group);
    readPresent();
    if (historyId < 0 || historyId >= takenBackFromId) {
      throw new RequestProblem(
          Errors.invalid(
              "history_id",
              "history_id must be 0 to %d, the newest entry of group %s, was %d"
                  .formatted(takenBackFromId - 1, group, historyId)));
    }
    while (takenBackFromId > historyId + 1) {
      takeBack(next("history_id"));
    }
    return offsets.values();
  }

  private Collection<GroupOffset> atTime(long timeMillis) {
    GroupStates.requireKnown(state, group);
    if (timeMillis < 0) {
      throw new RequestProblem(
          Errors.invalid("timestamp_millis", "timestamp_millis must be 0 or more"));
    }
    readPresent();
    boolean forgotten = state.history(group, 0, 1).isEmpty();
    boolean unchanged =
        offsets.values().stream().allMatch(each -> each.offset().commitTimeMillis() <= timeMillis);
    // Without entries, because they are too old to be kept, the offsets still tell their time.
    if (forgotten && unchanged) {
      return offsets.values();
    }
    while (takenBackFromId > 1) {
      HistoryEntry entry = next("timestamp_millis");
      if (entry.timeMillis() <= timeMillis) {
        break;
      }
      takeBack(entry);
    }
    return offsets.values();
  }

  /** Offsets and the newest entry that belongs to them, whatever is being applied meanwhile. */
  private void readPresent() {
    for (int i = 0; i < READS_MAX; i++) {
      long newestId = state.historyBounds(group).newestId();
      List<GroupOffset> present = state.offsets(group);
      if (state.historyBounds(group).newestId() == newestId) {
        present.forEach(each -> offsets.put(id(each.topicId(), each.partition()), each));
        takenBackFromId = newestId + 1;
        return;
      }
    }
    throw new RequestProblem(
        Errors.retry("group " + group + " changes all the time", RETRY_MILLIS));
  }

  /** The entry before those that were taken back. */
  private HistoryEntry next(String field) {
    if (page.isEmpty()) {
      page.addAll(state.history(group, takenBackFromId, PAGE_ENTRIES));
    }
    HistoryEntry entry = page.poll();
    if (entry == null || entry.id() != takenBackFromId - 1) {
      throw notSoFar(field); // commits in between are no longer there
    }
    return entry;
  }

  private void takeBack(HistoryEntry entry) {
    entry.changes().forEach(this::takeBack);
    takenBackFromId = entry.id();
  }

  private void takeBack(OffsetChange change) {
    PartitionId partition = id(change.topicId(), change.partition());
    Long from = change.from();
    if (from == null) {
      offsets.remove(partition);
    } else {
      // Setting an offset to what it was already keeps what is known of it.
      GroupOffset known = offsets.get(partition);
      if (known == null || known.offset().offset() != from) {
        offsets.put(
            partition,
            new GroupOffset(
                change.topicId(),
                change.partition(),
                new StoredOffset(from, EPOCH_UNKNOWN, "", 0)));
      }
    }
  }

  private RequestProblem notSoFar(String field) {
    List<HistoryEntry> oldest = state.history(group, takenBackFromId + 1, 1);
    boolean kept = !oldest.isEmpty() && oldest.getFirst().id() == takenBackFromId;
    String reach =
        kept
            ? "reaches back to entry %d of %s"
                .formatted(takenBackFromId, Instant.ofEpochMilli(oldest.getFirst().timeMillis()))
            : "has only what came after entry " + (takenBackFromId - 1);
    return new RequestProblem(Errors.invalid(field, "the history of group " + group + " " + reach));
  }

  private static PartitionId id(long topicId, int partition) {
    return new PartitionId(topicId, partition);
  }
}
