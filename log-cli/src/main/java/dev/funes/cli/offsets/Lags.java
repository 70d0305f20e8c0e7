package dev.funes.cli.offsets;

import dev.funes.cli.format.Times;
import dev.funes.client.Admin;
import dev.funes.client.CommittedOffset;
import dev.funes.client.ErrorCode;
import dev.funes.client.FunesException;
import dev.funes.client.ListedOffset;
import dev.funes.client.LogPosition;
import dev.funes.client.TopicPartition;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How far stored offsets are behind the ends of their partitions, in records and in time. */
record Lags(
    Map<TopicPartition, ListedOffset> ends, Map<TopicPartition, ListedOffset> next, long now) {
  private static final long SECOND_MILLIS = 1_000;

  static Lags of(Admin admin, List<CommittedOffset> offsets, InstantSource clock) {
    Map<TopicPartition, LogPosition> positions = new HashMap<>();
    offsets.forEach(offset -> positions.put(offset.partition(), new LogPosition.End()));
    Map<TopicPartition, ListedOffset> ends = list(admin, positions);
    positions.clear();
    for (CommittedOffset offset : offsets) {
      ListedOffset end = ends.get(offset.partition());
      if (end != null && end.offset() > offset.offset()) {
        positions.put(offset.partition(), new LogPosition.At(offset.offset()));
      }
    }
    return new Lags(ends, list(admin, positions), clock.millis());
  }

  /** Nothing when one of the topics has gone meanwhile. */
  private static Map<TopicPartition, ListedOffset> list(
      Admin admin, Map<TopicPartition, LogPosition> positions) {
    try {
      return admin.listOffsets(positions);
    } catch (FunesException e) {
      if (e.code() == ErrorCode.UNKNOWN_TOPIC) {
        return Map.of();
      }
      throw e;
    }
  }

  /** Where the partition ends; null when its topic is gone. */
  @Nullable Long end(CommittedOffset offset) {
    ListedOffset end = ends.get(offset.partition());
    return end == null ? null : end.offset();
  }

  /** Records from the offset to the end. */
  @Nullable Long records(CommittedOffset offset) {
    Long end = end(offset);
    return end == null ? null : Math.max(0, end - offset.offset());
  }

  /** How long ago the next record to read was written; 0 without lag, null when not known. */
  @Nullable Long millis(CommittedOffset offset) {
    Long records = records(offset);
    if (records == null || records == 0) {
      return records;
    }
    ListedOffset record = next.get(offset.partition());
    Long written = record == null ? null : record.timestampMillis();
    return written == null ? null : Math.max(0, now - written);
  }

  /** Whole seconds are enough for people. */
  static String print(long millis) {
    return Times.printDuration(
        millis < SECOND_MILLIS ? millis : millis / SECOND_MILLIS * SECOND_MILLIS);
  }
}
