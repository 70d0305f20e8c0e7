package dev.funes.client;

import dev.funes.proto.v1.FetchFormat;
import dev.funes.proto.v1.FetchRequest;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The assigned partitions of a consumer and how far each has been read. Only the consumer's thread
 * uses it; resolving asks the cluster and blocks.
 */
final class ReadPositions {
  private final Admin admin;
  private final @Nullable String group;
  private SortedMap<TopicPartition, ReadPosition> positions = new TreeMap<>();
  private boolean bounded;
  private String filter = "";

  ReadPositions(Admin admin, @Nullable String group) {
    this.admin = admin;
    this.group = group;
  }

  void assign(Collection<TopicPartition> partitions) {
    SortedMap<TopicPartition, ReadPosition> assigned = new TreeMap<>();
    for (TopicPartition partition : partitions) {
      ReadPosition known = positions.get(partition);
      ReadPosition position =
          known != null
              ? known
              : new ReadPosition(
                  partition,
                  group == null
                      ? new ReadPosition.Unresolved.At(new LogPosition.Start())
                      : new ReadPosition.Unresolved.Stored());
      position.liftStop();
      assigned.put(partition, position);
    }
    positions = assigned;
    bounded = false;
  }

  /** A consumer group has given this partition, at an offset or a place. */
  void add(ReadPosition position) {
    positions.put(position.partition, position);
  }

  void remove(Collection<TopicPartition> partitions) {
    for (TopicPartition partition : partitions) {
      positions.remove(partition);
    }
  }

  Collection<ReadPosition> all() {
    return positions.values();
  }

  Set<TopicPartition> partitions() {
    return Set.copyOf(positions.keySet());
  }

  boolean isEmpty() {
    return positions.isEmpty();
  }

  /** Null when the partition is not assigned. */
  @Nullable ReadPosition find(TopicPartition partition) {
    return positions.get(partition);
  }

  /** An assigned partition; another is a mistake of the caller. */
  ReadPosition of(TopicPartition partition) {
    ReadPosition position = positions.get(partition);
    if (position == null) {
      throw new IllegalArgumentException("partition: " + partition + " is not assigned");
    }
    return position;
  }

  /** Gives every partition an offset; asks the cluster for those that have none. */
  void resolve() {
    if (positions.values().stream().allMatch(ReadPosition::isResolved)) {
      return;
    }
    resolveStored();
    Map<TopicPartition, LogPosition> places = new LinkedHashMap<>();
    for (ReadPosition position : positions.values()) {
      if (position.unresolved() instanceof ReadPosition.Unresolved.At(LogPosition place)) {
        places.put(position.partition, place);
      }
    }
    admin.listOffsets(places).forEach((partition, listed) -> of(partition).moveTo(listed.offset()));
    for (ReadPosition position : positions.values()) {
      if (!position.isResolved()) {
        throw new FunesException(
            ErrorCode.INTERNAL, "the cluster did not tell an offset of " + position.partition);
      }
    }
  }

  private void resolveStored() {
    Set<String> topics = new TreeSet<>();
    for (ReadPosition position : positions.values()) {
      if (position.unresolved() instanceof ReadPosition.Unresolved.Stored) {
        topics.add(position.partition.topic());
      }
    }
    if (topics.isEmpty() || group == null) {
      return;
    }
    for (CommittedOffset stored : admin.committedOffsets(group, topics)) {
      ReadPosition position = find(stored.partition());
      if (position != null && position.unresolved() instanceof ReadPosition.Unresolved.Stored) {
        position.moveTo(stored.offset());
      }
    }
    for (ReadPosition position : positions.values()) {
      if (position.unresolved() instanceof ReadPosition.Unresolved.Stored) {
        position.moveTo(new ReadPosition.Unresolved.At(new LogPosition.Start()));
      }
    }
  }

  Map<TopicPartition, Long> list(LogPosition place) {
    Map<TopicPartition, LogPosition> places = new LinkedHashMap<>();
    positions.keySet().forEach(partition -> places.put(partition, place));
    Map<TopicPartition, Long> offsets = new TreeMap<>();
    admin.listOffsets(places).forEach((at, listed) -> offsets.put(at, listed.offset()));
    return offsets;
  }

  Map<TopicPartition, Long> stopAtEnd() {
    Map<TopicPartition, Long> ends = list(new LogPosition.End());
    ends.forEach((partition, end) -> of(partition).stopAt(end));
    bounded = true;
    return ends;
  }

  /** No further than these offsets; a partition without one as far as it goes. */
  void stopAt(Map<TopicPartition, Long> offsets) {
    offsets.forEach((partition, offset) -> of(partition).stopAt(offset));
    bounded = true;
  }

  /** What the node shall let through; empty: everything. */
  void filter(String expression) {
    filter = expression;
  }

  boolean isAtEnd() {
    return bounded && positions.values().stream().allMatch(ReadPosition::isAtStop);
  }

  List<CommittedOffset> toCommit() {
    return positions.values().stream()
        .filter(ReadPosition::isResolved)
        .map(ReadPosition::toCommit)
        .toList();
  }

  /** The partitions that are not read to where they stop. */
  List<TopicPartition> unread() {
    return positions.values().stream()
        .filter(position -> !position.isAtStop())
        .map(position -> position.partition)
        .toList();
  }

  /** True when the partition is assigned and not read to where it stops. */
  boolean isUnread(TopicPartition partition) {
    ReadPosition position = positions.get(partition);
    return position != null && !position.isAtStop();
  }

  boolean isBounded() {
    return bounded;
  }

  /** Asks for everything of these partitions from their positions on. */
  FetchRequest request(List<TopicPartition> partitions, int responseBytesMax) {
    FetchRequest.Builder request =
        FetchRequest.newBuilder()
            .setFollow(!bounded)
            .setResponseBytesMax(responseBytesMax)
            .setFilter(filter)
            .setFormat(
                filter.isEmpty()
                    ? FetchFormat.FETCH_FORMAT_BATCHES
                    : FetchFormat.FETCH_FORMAT_RECORDS);
    for (TopicPartition each : partitions) {
      ReadPosition position = of(each);
      var partition =
          request
              .addPartitionsBuilder()
              .setTopic(each.topic())
              .setPartition(each.partition())
              .setOffset(position.offset());
      if (bounded) {
        partition.setUntilOffset(position.stopAt());
      }
    }
    return request.build();
  }
}
