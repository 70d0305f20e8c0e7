package dev.funes.client;

import dev.funes.proto.v1.AlterTopicRequest;
import dev.funes.proto.v1.ClusterServiceGrpc;
import dev.funes.proto.v1.CreateTopicRequest;
import dev.funes.proto.v1.CreateTopicResponse;
import dev.funes.proto.v1.DeleteOffsetsRequest;
import dev.funes.proto.v1.DeleteTopicRequest;
import dev.funes.proto.v1.DeleteTopicResponse;
import dev.funes.proto.v1.DescribeClusterRequest;
import dev.funes.proto.v1.DescribeTopicRequest;
import dev.funes.proto.v1.FetchOffsetsRequest;
import dev.funes.proto.v1.GroupServiceGrpc;
import dev.funes.proto.v1.GroupSummary;
import dev.funes.proto.v1.ListGroupsRequest;
import dev.funes.proto.v1.ListTopicsRequest;
import dev.funes.proto.v1.ListedOffset.OutcomeCase;
import dev.funes.proto.v1.LogServiceGrpc;
import dev.funes.proto.v1.OffsetServiceGrpc;
import dev.funes.proto.v1.ResetOffsetsResponse;
import dev.funes.proto.v1.TopicServiceGrpc;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Creates, shows and changes topics, stored offsets and the cluster. Thread-safe.
 *
 * <p>Every call blocks, tries other nodes and waits out elections for {@link
 * ClientConfig#requestTimeout()} at the longest, and fails with a {@link FunesException}.
 */
public final class Admin implements AutoCloseable {
  private final Connections connections;
  private final UnaryCalls calls;
  private final boolean ownsConnections;

  private Admin(Connections connections, ClientConfig config, boolean ownsConnections) {
    this.connections = connections;
    this.calls = new UnaryCalls(connections, config.requestTimeout());
    this.ownsConnections = ownsConnections;
  }

  /** Opens an admin; it connects with the first call. */
  public static Admin open(ClientConfig config) {
    return new Admin(new Connections(config.servers(), System::nanoTime), config, true);
  }

  /** An admin over the connections of a producer or consumer, which closes them. */
  static Admin over(Connections connections, ClientConfig config) {
    return new Admin(connections, config, false);
  }

  /**
   * Creates a topic.
   *
   * @param name 1 to 249 of [a-zA-Z0-9._-], not "." or ".."
   * @param partitionCount from 1
   * @throws FunesException TOPIC_EXISTS, INVALID_ARGUMENT, LIMIT_EXCEEDED
   */
  public TopicInfo createTopic(String name, int partitionCount, TopicSettings settings) {
    CreateTopicRequest request =
        CreateTopicRequest.newBuilder()
            .setName(name)
            .setPartitionCount(partitionCount)
            .setSettings(ToProto.settings(settings))
            .build();
    UnaryCalls.Answer<CreateTopicResponse> answer =
        calls.ask(TopicServiceGrpc.getCreateTopicMethod(), request, true);
    if (answer.value() != null) {
      return FromProto.topic(answer.value().getTopic());
    }
    if (answer.failedWith(ErrorCode.TOPIC_EXISTS) && answer.maybeRepeated()) {
      // Most likely made by an earlier try of ours, whose answer was lost.
      TopicInfo existing = describeTopic(name).topic();
      if (existing.partitionCount() == partitionCount) {
        return existing;
      }
    }
    throw answer.exception();
  }

  /** All topics, by name. */
  public List<TopicInfo> listTopics() {
    return calls
        .call(TopicServiceGrpc.getListTopicsMethod(), ListTopicsRequest.getDefaultInstance())
        .getTopicsList()
        .stream()
        .map(FromProto::topic)
        .toList();
  }

  /**
   * A topic, its partitions and their leaders.
   *
   * @throws FunesException UNKNOWN_TOPIC
   */
  public TopicDescription describeTopic(String name) {
    return FromProto.description(
        calls.call(
            TopicServiceGrpc.getDescribeTopicMethod(),
            DescribeTopicRequest.newBuilder().setName(name).build()));
  }

  /**
   * Changes the settings that are not null.
   *
   * @throws FunesException UNKNOWN_TOPIC, INVALID_ARGUMENT
   */
  public TopicInfo alterTopic(String name, TopicSettings settings) {
    return FromProto.topic(
        calls
            .call(
                TopicServiceGrpc.getAlterTopicMethod(),
                AlterTopicRequest.newBuilder()
                    .setName(name)
                    .setSettings(ToProto.settings(settings))
                    .build())
            .getTopic());
  }

  /**
   * Deletes a topic with all that is in it.
   *
   * @throws FunesException UNKNOWN_TOPIC
   */
  public void deleteTopic(String name) {
    UnaryCalls.Answer<DeleteTopicResponse> answer =
        calls.ask(
            TopicServiceGrpc.getDeleteTopicMethod(),
            DeleteTopicRequest.newBuilder().setName(name).build(),
            true);
    boolean deletedBefore =
        answer.failedWith(ErrorCode.UNKNOWN_TOPIC) && answer.maybeRepeated(); // by our lost try
    if (answer.value() == null && !deletedBefore) {
      throw answer.exception();
    }
  }

  /**
   * Turns places in the log into offsets. No partitions: no offsets.
   *
   * @throws FunesException UNKNOWN_TOPIC or UNKNOWN_PARTITION, when one of them is
   */
  public SortedMap<TopicPartition, ListedOffset> listOffsets(
      Map<TopicPartition, LogPosition> positions) {
    SortedMap<TopicPartition, ListedOffset> offsets = new TreeMap<>();
    if (positions.isEmpty()) {
      return offsets;
    }
    for (dev.funes.proto.v1.ListedOffset listed : listOffsetsUntilSettled(positions)) {
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

  private List<dev.funes.proto.v1.ListedOffset> listOffsetsUntilSettled(
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
    return calls
        .call(
            OffsetServiceGrpc.getFetchOffsetsMethod(),
            FetchOffsetsRequest.newBuilder().setGroup(group).addAllTopics(topics).build())
        .getOffsetsList()
        .stream()
        .map(FromProto::committed)
        .toList();
  }

  /** Stores offsets: all or, when it fails, none. Durable on a majority when it returns. */
  public void commitOffsets(String group, Collection<CommittedOffset> offsets) {
    var _ = calls.call(OffsetServiceGrpc.getCommitOffsetsMethod(), ToProto.commit(group, offsets));
  }

  /**
   * Forgets the stored offsets of a group.
   *
   * @param topics none means all
   * @return how many there were
   */
  public int deleteOffsets(String group, Collection<String> topics) {
    return calls
        .call(
            OffsetServiceGrpc.getDeleteOffsetsMethod(),
            DeleteOffsetsRequest.newBuilder().setGroup(group).addAllTopics(topics).build())
        .getDeletedCount();
  }

  /**
   * Moves the stored offsets of a group.
   *
   * @param topics none means every topic that the group has stored offsets for
   * @param dryRun true: only tell what would be done
   * @return by topic and partition
   * @throws FunesException UNKNOWN_OUTCOME: a move by {@link ResetTo.ShiftBy} is not tried again
   *     when it may have been carried out, because it would move twice
   */
  public List<ResetOffset> resetOffsets(
      String group, Collection<ResetTopic> topics, ResetTo to, boolean dryRun) {
    UnaryCalls.Answer<ResetOffsetsResponse> answer =
        calls.ask(
            OffsetServiceGrpc.getResetOffsetsMethod(),
            ToProto.reset(group, topics, to, dryRun),
            dryRun || !(to instanceof ResetTo.ShiftBy));
    if (answer.value() == null) {
      throw answer.exception();
    }
    return answer.value().getResetsList().stream().map(FromProto::reset).toList();
  }

  /** The consumer groups that have stored offsets, by name. */
  public List<String> listGroups() {
    return calls
        .call(GroupServiceGrpc.getListGroupsMethod(), ListGroupsRequest.getDefaultInstance())
        .getGroupsList()
        .stream()
        .map(GroupSummary::getGroup)
        .toList();
  }

  /** The nodes, the raft groups, and whether all is well. */
  public ClusterDescription describeCluster() {
    return FromProto.cluster(
        calls.call(
            ClusterServiceGrpc.getDescribeClusterMethod(),
            DescribeClusterRequest.getDefaultInstance()));
  }

  @Override
  public void close() {
    if (ownsConnections) {
      connections.close();
    }
  }
}
