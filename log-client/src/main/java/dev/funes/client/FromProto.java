package dev.funes.client;

import dev.funes.proto.v1.DescribeClusterResponse;
import dev.funes.proto.v1.DescribeTopicResponse;
import dev.funes.proto.v1.Node;
import dev.funes.proto.v1.Partition;
import dev.funes.proto.v1.RaftGroup;
import dev.funes.proto.v1.RaftReplica;
import dev.funes.proto.v1.StoredOffset;
import dev.funes.proto.v1.Topic;
import dev.funes.record.Header;
import dev.funes.record.LogRecord;

/** Turns messages of the API into values of this package. */
final class FromProto {
  private FromProto() {}

  static LogRecord record(dev.funes.proto.v1.Record record) {
    return new LogRecord(
        record.getOffset(),
        record.getTimestampMillis(),
        record.hasKey() ? record.getKey().toByteArray() : null,
        record.hasValue() ? record.getValue().toByteArray() : null,
        record.getHeadersList().stream().map(FromProto::header).toList());
  }

  private static Header header(dev.funes.proto.v1.Header header) {
    return new Header(header.getName(), header.hasValue() ? header.getValue().toByteArray() : null);
  }

  static NodeAddress nodeAddress(dev.funes.proto.v1.NodeAddress address) {
    return new NodeAddress(address.getNodeId(), address.getHost(), address.getPort());
  }

  static TopicInfo topic(Topic topic) {
    return new TopicInfo(
        topic.getName(),
        topic.getTopicId(),
        topic.getPartitionCount(),
        settings(topic.getSettings()));
  }

  private static TopicSettings settings(dev.funes.proto.v1.TopicSettings settings) {
    return new TopicSettings(
        settings.hasRetentionMillis() ? settings.getRetentionMillis() : null,
        settings.hasRetentionBytes() ? settings.getRetentionBytes() : null,
        settings.hasSegmentBytes() ? settings.getSegmentBytes() : null,
        settings.hasSegmentMillis() ? settings.getSegmentMillis() : null);
  }

  static TopicDescription description(DescribeTopicResponse response) {
    return new TopicDescription(
        topic(response.getTopic()),
        response.getPartitionsList().stream().map(FromProto::partition).toList());
  }

  private static PartitionDescription partition(Partition partition) {
    return new PartitionDescription(
        partition.getPartition(),
        partition.getRaftGroup(),
        partition.hasLeader() ? nodeAddress(partition.getLeader()) : null,
        partition.getReplicasList().stream().map(FromProto::nodeAddress).toList(),
        partition.hasLogStartOffset() ? partition.getLogStartOffset() : null,
        partition.hasEndOffset() ? partition.getEndOffset() : null,
        partition.hasSizeBytes() ? partition.getSizeBytes() : null);
  }

  static CommittedOffset committed(StoredOffset stored) {
    return new CommittedOffset(
        new TopicPartition(stored.getTopic(), stored.getPartition()),
        stored.getOffset(),
        stored.hasLeaderEpoch() ? stored.getLeaderEpoch() : null,
        stored.getMetadata(),
        stored.getCommitTimeMillis());
  }

  static ClusterDescription cluster(DescribeClusterResponse response) {
    return new ClusterDescription(
        response.getClusterId(),
        response.getNodeId(),
        response.getNodesList().stream().map(FromProto::node).toList(),
        response.getRaftGroupsList().stream().map(FromProto::raftGroup).toList(),
        response.getHealthy(),
        response.getProblemsList(),
        ClusterCalls.members(response),
        response.getReplicationFactor(),
        response.getBalancing(),
        response.getMovesLeft());
  }

  private static NodeDescription node(Node node) {
    return new NodeDescription(
        nodeAddress(node.getAddress()),
        node.getReachable(),
        node.getVersion(),
        node.getUptimeMillis(),
        node.getHeapUsedBytes(),
        node.getHeapMaxBytes(),
        node.getDirectUsedBytes(),
        node.getDataBytesFree(),
        node.getDiskReserveBytes(),
        node.getDiskShort(),
        scrub(node.getScrub()));
  }

  private static NodeScrub scrub(dev.funes.proto.v1.NodeScrub scrub) {
    return new NodeScrub(
        scrub.getRunning(),
        scrub.getPassDoneBytes(),
        scrub.getPassTotalBytes(),
        scrub.getPasses(),
        scrub.getScrubbedBytes(),
        scrub.getCorruptBatches(),
        scrub.getRepairedBatches(),
        scrub.getRepairedIndexes(),
        scrub.getDamagedSegments(),
        scrub.getProblem());
  }

  private static RaftGroupDescription raftGroup(RaftGroup group) {
    return new RaftGroupDescription(
        group.getRaftGroup(),
        group.hasLeader() ? nodeAddress(group.getLeader()) : null,
        group.getTerm(),
        group.getReplicasList().stream().map(FromProto::replica).toList(),
        group.getPartitionCount(),
        ClusterCalls.placement(group));
  }

  private static RaftReplicaDescription replica(RaftReplica replica) {
    return new RaftReplicaDescription(
        nodeAddress(replica.getAddress()),
        replica.hasAppliedIndex() ? replica.getAppliedIndex() : null,
        replica.hasLagEntries() ? replica.getLagEntries() : null,
        replica.hasCopying()
            ? new CopyDescription(
                replica.getCopying().getFromNodeId(),
                replica.getCopying().getDoneBytes(),
                replica.getCopying().getTotalBytes())
            : null);
  }
}
