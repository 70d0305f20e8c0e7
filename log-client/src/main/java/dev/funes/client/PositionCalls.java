package dev.funes.client;

import dev.funes.proto.v1.ListedOffset.OutcomeCase;
import dev.funes.proto.v1.LogServiceGrpc;
import java.util.Collection;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Turns places in the log into offsets. Thread-safe; the caller blocks. */
final class PositionCalls {
  private final UnaryCalls calls;
  private final TopicCalls topics;

  PositionCalls(UnaryCalls calls, TopicCalls topics) {
    this.calls = calls;
    this.topics = topics;
  }

  SortedMap<TopicPartition, ListedOffset> list(Map<TopicPartition, LogPosition> positions) {
    SortedMap<TopicPartition, ListedOffset> offsets = new TreeMap<>();
    if (positions.isEmpty()) {
      return offsets;
    }
    for (dev.funes.proto.v1.ListedOffset listed : untilSettled(positions)) {
      if (listed.getOutcomeCase() == OutcomeCase.ERROR) {
        throw Failure.of(listed.getError()).exception();
      }
      offsets.put(
          new TopicPartition(listed.getTopic(), listed.getPartition()),
          new ListedOffset(
              listed.getOffset(),
              listed.hasTimestampMillis() ? listed.getTimestampMillis() : null));
    }
    return offsets;
  }

  Cut cut(Collection<String> names, LogPosition position) {
    Map<TopicPartition, LogPosition> positions = new TreeMap<>();
    for (String topic : names) {
      int count = topics.describe(topic).topic().partitionCount();
      for (int partition = 0; partition < count; partition++) {
        positions.put(new TopicPartition(topic, partition), position);
      }
    }
    SortedMap<TopicPartition, Long> offsets = new TreeMap<>();
    list(positions).forEach((partition, listed) -> offsets.put(partition, listed.offset()));
    return new Cut(offsets);
  }

  private Iterable<dev.funes.proto.v1.ListedOffset> untilSettled(
      Map<TopicPartition, LogPosition> positions) {
    return calls
        .callUntil(
            LogServiceGrpc.getListOffsetsMethod(),
            ToProto.listOffsets(positions),
            response ->
                response.getOffsetsList().stream()
                    .filter(listed -> listed.getOutcomeCase() == OutcomeCase.ERROR)
                    .map(listed -> Failure.of(listed.getError()))
                    .filter(Failure::isTransient)
                    .findFirst())
        .getOffsetsList();
  }
}
