package dev.funes.server.coordinator;

import dev.funes.cluster.PartitionId;
import dev.funes.cluster.Topic;
import dev.funes.group.Assignor;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * What is to be spread over whom.
 *
 * @param members in the order in which they joined
 * @param topics that anyone of them reads
 * @param sticky who has a partition or is about to get it, or had it last; may name members that
 *     are gone
 * @param zones those of the nodes with a replica of the partition
 */
record Spread(
    List<Subscriber> members,
    Collection<Topic> topics,
    Map<PartitionId, String> sticky,
    Function<PartitionId, Set<String>> zones) {

  /** Who should have which partition. Partitions that nobody reads are not in it. */
  Map<PartitionId, String> over(Assignor assignor) {
    return switch (assignor) {
      case BALANCED -> StickyAssignment.of(this, (_, _) -> false);
      case RANGE -> RangeAssignment.of(this);
      case RACK ->
          StickyAssignment.of(
              this, (zone, partition) -> !zone.isEmpty() && zones.apply(partition).contains(zone));
    };
  }
}
