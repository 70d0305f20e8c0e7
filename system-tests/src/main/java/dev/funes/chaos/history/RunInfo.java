package dev.funes.chaos.history;

import dev.funes.client.TopicPartition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a run is about; {@code run.json} of its history.
 *
 * @param runId in every record that it writes, so that records of another run are told apart
 * @param seed repeats the run
 * @param name of the scenario
 * @param startedMillis since 1970-01-01 UTC
 * @param topics in the order that numbers the partitions
 * @param idempotent the ids of the producers whose sends are de-duplicated
 * @param limits what the checks allow
 * @param repeat the command that repeats it
 */
public record RunInfo(
    int runId,
    long seed,
    String name,
    long startedMillis,
    List<TopicPlan> topics,
    List<Integer> idempotent,
    Limits limits,
    String repeat) {
  public RunInfo {
    topics = List.copyOf(topics);
    idempotent = List.copyOf(idempotent);
  }

  /**
   * A topic that the run writes to.
   *
   * @param segmentBytes of its segments; 0: the default
   * @param retentionBytes of a partition that are kept at least, before the oldest segments go; 0:
   *     all is kept
   */
  public record TopicPlan(String name, int partitions, long segmentBytes, long retentionBytes) {
    /** A topic that keeps all. */
    public static TopicPlan of(String name, int partitions, long segmentBytes) {
      return new TopicPlan(name, partitions, segmentBytes, 0);
    }

    /** The same, of which only so much is kept. */
    public TopicPlan keeping(long bytes) {
      return new TopicPlan(name, partitions, segmentBytes, bytes);
    }
  }

  /** The topic that the partition with this number belongs to. */
  public TopicPlan topicOf(int part) {
    int left = part;
    for (TopicPlan topic : topics) {
      if (left < topic.partitions()) {
        return topic;
      }
      left -= topic.partitions();
    }
    throw new IndexOutOfBoundsException("partition number " + part);
  }

  /** All partitions; their place in the list is the number by which histories name them. */
  public List<TopicPartition> partitions() {
    List<TopicPartition> all = new ArrayList<>();
    for (TopicPlan topic : topics) {
      for (int i = 0; i < topic.partitions(); i++) {
        all.add(new TopicPartition(topic.name(), i));
      }
    }
    return List.copyOf(all);
  }

  /** The partition with this number, for people. */
  public String partitionName(int part) {
    List<TopicPartition> all = partitions();
    return part >= 0 && part < all.size() ? all.get(part).toString() : "partition " + part;
  }

  /** The number of each partition. */
  public Map<TopicPartition, Integer> numbers() {
    Map<TopicPartition, Integer> numbers = new HashMap<>();
    List<TopicPartition> all = partitions();
    for (int i = 0; i < all.size(); i++) {
      numbers.put(all.get(i), i);
    }
    return numbers;
  }
}
