package dev.funes.client;

import java.util.Comparator;

/** One partition of a topic; ordered by topic, then by number. */
public record TopicPartition(String topic, int partition) implements Comparable<TopicPartition> {
  private static final Comparator<TopicPartition> ORDER =
      Comparator.comparing(TopicPartition::topic).thenComparingInt(TopicPartition::partition);

  public TopicPartition {
    if (partition < 0) {
      throw new IllegalArgumentException("partition: " + partition + " is negative");
    }
  }

  @Override
  public int compareTo(TopicPartition other) {
    return ORDER.compare(this, other);
  }

  /** As in messages: {@code orders-3}. */
  @Override
  public String toString() {
    return topic + "-" + partition;
  }
}
