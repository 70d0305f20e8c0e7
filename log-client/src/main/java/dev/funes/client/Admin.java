package dev.funes.client;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/**
 * Creates, shows and changes topics, stored offsets and the cluster. Thread-safe.
 *
 * <p>Every call blocks, tries other nodes and waits out elections for {@link
 * ClientConfig#requestTimeout()} at the longest, and fails with a {@link FunesException}.
 */
public final class Admin implements AutoCloseable {
  private Admin() {}

  /** Opens an admin; it connects with the first call. */
  public static Admin open(ClientConfig config) {
    throw new UnsupportedOperationException(config.toString());
  }

  /**
   * Creates a topic.
   *
   * @param name 1 to 249 of [a-zA-Z0-9._-], not "." or ".."
   * @param partitionCount from 1
   * @throws FunesException TOPIC_EXISTS, INVALID_ARGUMENT, LIMIT_EXCEEDED
   */
  public TopicInfo createTopic(String name, int partitionCount, TopicSettings settings) {
    throw new UnsupportedOperationException(name + partitionCount + settings);
  }

  /** All topics, by name. */
  public List<TopicInfo> listTopics() {
    throw new UnsupportedOperationException();
  }

  public TopicDescription describeTopic(String name) {
    throw new UnsupportedOperationException(name);
  }

  /** Changes the settings that are not null. */
  public TopicInfo alterTopic(String name, TopicSettings settings) {
    throw new UnsupportedOperationException(name + settings);
  }

  /** Deletes a topic with all that is in it. */
  public void deleteTopic(String name) {
    throw new UnsupportedOperationException(name);
  }

  /** Turns places in the log into offsets. */
  public SortedMap<TopicPartition, ListedOffset> listOffsets(
      Map<TopicPartition, LogPosition> positions) {
    throw new UnsupportedOperationException(positions.toString());
  }

  /** All stored offsets of a consumer group, by topic and partition. */
  public List<CommittedOffset> committedOffsets(String group) {
    return committedOffsets(group, List.of());
  }

  /**
   * The stored offsets of a consumer group, by topic and partition.
   *
   * @param topics none means all
   */
  public List<CommittedOffset> committedOffsets(String group, Collection<String> topics) {
    throw new UnsupportedOperationException(group + topics);
  }

  /** Stores offsets: all or, when it fails, none. Durable on a majority when it returns. */
  public void commitOffsets(String group, Collection<CommittedOffset> offsets) {
    throw new UnsupportedOperationException(group + offsets);
  }

  /**
   * Forgets the stored offsets of a group.
   *
   * @param topics none means all
   * @return how many there were
   */
  public int deleteOffsets(String group, Collection<String> topics) {
    throw new UnsupportedOperationException(group + topics);
  }

  /**
   * Moves the stored offsets of a group.
   *
   * @param topics none means every topic that the group has stored offsets for
   * @param dryRun true: only tell what would be done
   * @return by topic and partition
   */
  public List<ResetOffset> resetOffsets(
      String group, Collection<ResetTopic> topics, ResetTo to, boolean dryRun) {
    throw new UnsupportedOperationException(group + topics + to + dryRun);
  }

  /** The consumer groups that have stored offsets, by name. */
  public List<String> listGroups() {
    throw new UnsupportedOperationException();
  }

  public ClusterDescription describeCluster() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {}
}
