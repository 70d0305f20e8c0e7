package dev.funes.cli.replay;

import dev.funes.cli.console.Topics;
import dev.funes.cli.format.Place;
import dev.funes.cli.offsets.PartitionName;
import dev.funes.client.Admin;
import dev.funes.client.CommittedOffset;
import dev.funes.client.Cut;
import dev.funes.client.LogPosition;
import dev.funes.client.TopicPartition;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A cut as users write it: one place for all partitions, or {@code TOPIC/PARTITION=OFFSET,...} for
 * some.
 */
record CutText(String option, String text, InstantSource clock) {
  static final String LANGUAGE = Place.LANGUAGE + ", or TOPIC/PARTITION=OFFSET,...";

  /** True for each partition by its own offset. */
  boolean isExplicit() {
    return text.indexOf('=') >= 0;
  }

  /** Throws IllegalArgumentException when the text means nothing; the cluster is not asked. */
  void check() {
    if (isExplicit()) {
      var _ = parts();
    } else {
      var _ = place();
    }
  }

  private List<CommittedOffset> parts() {
    try {
      return Stream.of(text.split(",", -1)).map(PartitionName::parseCommit).toList();
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(option + ": " + e.getMessage(), e);
    }
  }

  Place place() {
    try {
      return Place.parse(text, clock);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(option + ": " + e.getMessage(), e);
    }
  }

  /** True when the same text means something else a moment later. */
  boolean isRelative() {
    return text.startsWith("@-") || (!isExplicit() && place() instanceof Place.BeforeEnd);
  }

  Cut resolve(Admin admin, List<String> topics) {
    if (isExplicit()) {
      return explicit(admin, topics);
    }
    return switch (place()) {
      case Place.Start _ -> cut(admin, topics, new LogPosition.Start());
      case Place.End _ -> cut(admin, topics, new LogPosition.End());
      case Place.AtTime(long millis) -> cut(admin, topics, new LogPosition.Timestamp(millis));
      case Place.At(long offset) -> within(admin, topics, offset, 0);
      case Place.BeforeEnd(long count) -> within(admin, topics, Long.MAX_VALUE, count);
    };
  }

  private static Cut cut(Admin admin, List<String> topics, LogPosition position) {
    for (String topic : topics) {
      var _ = Topics.describe(admin, topic);
    }
    return admin.cut(topics, position);
  }

  /** The offset, or else so many before the end, but in the log in any case. */
  private static Cut within(Admin admin, List<String> topics, long offset, long beforeEnd) {
    Cut start = cut(admin, topics, new LogPosition.Start());
    SortedMap<TopicPartition, Long> offsets =
        new TreeMap<>(cut(admin, topics, new LogPosition.End()).offsets());
    offsets.replaceAll(
        (partition, end) -> Math.max(start.offset(partition), Math.min(offset, end - beforeEnd)));
    return new Cut(offsets);
  }

  private Cut explicit(Admin admin, List<String> topics) {
    SortedMap<TopicPartition, Long> offsets = new TreeMap<>();
    for (CommittedOffset offset : parts()) {
      String topic = offset.partition().topic();
      if (!topics.contains(topic)) {
        throw new IllegalArgumentException(
            option + ": '" + topic + "' is not among the topics that are replayed");
      }
      int count = Topics.describe(admin, topic).topic().partitionCount();
      Topics.requirePartition(topic, count, offset.partition().partition());
      offsets.put(offset.partition(), offset.offset());
    }
    return new Cut(offsets);
  }

  /** The text that means this cut. */
  static String print(Cut cut) {
    return cut.offsets().entrySet().stream()
        .map(entry -> PartitionName.print(entry.getKey()) + "=" + entry.getValue())
        .collect(Collectors.joining(","));
  }

  /** Both cuts, for the partitions that are in both; to is not before from. */
  static Map.Entry<Cut, Cut> common(Cut from, Cut to) {
    SortedMap<TopicPartition, Long> begin = new TreeMap<>(from.offsets());
    begin.keySet().retainAll(to.offsets().keySet());
    SortedMap<TopicPartition, Long> end = new TreeMap<>(to.offsets());
    end.keySet().retainAll(begin.keySet());
    end.replaceAll((partition, offset) -> Math.max(offset, from.offset(partition)));
    return Map.entry(new Cut(begin), new Cut(end));
  }
}
