package dev.funes.server.coordinator;

import dev.funes.cluster.PartitionId;
import dev.funes.cluster.Topic;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Neighbouring partitions of each topic to the same member: so partitions of the same number of
 * topics with equally many partitions meet at one member.
 */
final class RangeAssignment {
  private RangeAssignment() {}

  static Map<PartitionId, String> of(Spread spread) {
    Map<PartitionId, String> target = new HashMap<>();
    for (Topic topic : spread.topics()) {
      List<Subscriber> readers =
          spread.members().stream()
              .filter(member -> member.topicIds().contains(topic.topicId()))
              .toList();
      for (int number = 0; !readers.isEmpty() && number < topic.partitionCount(); number++) {
        target.put(topic.partition(number), reader(readers, number, topic.partitionCount()));
      }
    }
    return target;
  }

  /** The first readers get one more when it does not come out even. */
  private static String reader(List<Subscriber> readers, int number, int partitionCount) {
    int each = partitionCount / readers.size();
    int more = partitionCount % readers.size();
    int ofFirst = more * (each + 1);
    int index = number < ofFirst ? number / (each + 1) : more + (number - ofFirst) / each;
    return readers.get(index).memberId();
  }
}
