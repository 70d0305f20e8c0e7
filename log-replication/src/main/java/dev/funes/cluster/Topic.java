package dev.funes.cluster;

import dev.funes.log.LogSettings;

/**
 * A topic as the metadata raft group knows it.
 *
 * @param name see {@link TopicName}
 * @param topicId from 1; never given twice
 * @param partitionCount 1 or more; partitions count from 0
 * @param settings of each of its partitions
 */
public record Topic(String name, long topicId, int partitionCount, LogSettings settings) {

  public Topic {
    TopicName.require(name);
    if (topicId < 1) {
      throw new IllegalArgumentException("topic id must be 1 or more, was " + topicId);
    }
    if (partitionCount < 1) {
      throw new IllegalArgumentException(
          "a topic must have 1 partition or more, " + name + " had " + partitionCount);
    }
  }

  /**
   * The partition with this number.
   *
   * @throws IllegalArgumentException when the topic has no such partition
   */
  public PartitionId partition(int number) {
    if (!hasPartition(number)) {
      throw new IllegalArgumentException(
          "topic " + name + " has partitions 0 to " + (partitionCount - 1) + ", not " + number);
    }
    return new PartitionId(topicId, number);
  }

  public boolean hasPartition(int number) {
    return number >= 0 && number < partitionCount;
  }
}
