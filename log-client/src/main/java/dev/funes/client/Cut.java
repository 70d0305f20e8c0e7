package dev.funes.client;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A place in each of some partitions: the same moment in all of them, say. What is before it has an
 * offset below; the offset itself is the first one after it.
 *
 * @param offsets by partition, each 0 or more
 */
public record Cut(SortedMap<TopicPartition, Long> offsets) {
  public Cut {
    offsets = Collections.unmodifiableSortedMap(new TreeMap<>(offsets));
    offsets.forEach(
        (partition, offset) -> {
          if (offset < 0) {
            throw new IllegalArgumentException(
                "offset: " + offset + " of " + partition + " is negative");
          }
        });
  }

  /** A cut at these offsets. */
  public static Cut of(Map<TopicPartition, Long> offsets) {
    return new Cut(new TreeMap<>(offsets));
  }

  /**
   * The offset in a partition.
   *
   * @throws IllegalArgumentException when the cut does not go through it
   */
  public long offset(TopicPartition partition) {
    Long offset = offsets.get(partition);
    if (offset == null) {
      throw new IllegalArgumentException("partition: " + partition + " is not part of the cut");
    }
    return offset;
  }
}
