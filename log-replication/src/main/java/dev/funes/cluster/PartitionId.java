package dev.funes.cluster;

/**
 * Names a partition for ever: a topic that is created again under an old name has another id.
 *
 * @param topicId from 1, as given by the metadata raft group
 * @param partition from 0
 */
public record PartitionId(long topicId, int partition) implements Comparable<PartitionId> {

  public PartitionId {
    if (topicId < 1) {
      throw new IllegalArgumentException("topic id must be 1 or more, was " + topicId);
    }
    if (partition < 0) {
      throw new IllegalArgumentException("partition must be 0 or more, was " + partition);
    }
  }

  @Override
  public int compareTo(PartitionId other) {
    int byTopic = Long.compare(topicId, other.topicId);
    return byTopic != 0 ? byTopic : Integer.compare(partition, other.partition);
  }

  @Override
  public String toString() {
    return topicId + "/" + partition;
  }
}
