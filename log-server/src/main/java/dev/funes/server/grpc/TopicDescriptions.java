package dev.funes.server.grpc;

import dev.funes.cluster.NodeId;
import dev.funes.cluster.PartitionId;
import dev.funes.cluster.RaftGroupId;
import dev.funes.cluster.Topic;
import dev.funes.log.PartitionLog;
import dev.funes.proto.v1.DescribeTopicResponse;
import dev.funes.proto.v1.NodeAddress;
import dev.funes.proto.v1.Partition;
import dev.funes.replication.Replica;

/** A topic with its partitions, as this node sees them. */
final class TopicDescriptions {
  private final Replica replica;
  private final Leaders leaders;

  TopicDescriptions(Replica replica, Leaders leaders) {
    this.replica = replica;
    this.leaders = leaders;
  }

  DescribeTopicResponse of(Topic topic) {
    DescribeTopicResponse.Builder response =
        DescribeTopicResponse.newBuilder().setTopic(TopicSettingsMapping.toProto(topic));
    for (int number = 0; number < topic.partitionCount(); number++) {
      response.addPartitions(partition(topic.partition(number)));
    }
    return response.build();
  }

  private Partition partition(PartitionId id) {
    RaftGroupId group = replica.placement().raftGroupOf(id);
    Partition.Builder partition =
        Partition.newBuilder().setPartition(id.partition()).setRaftGroup(group.value());
    NodeAddress leader = Errors.address(replica.placement(), leaders.of(group));
    if (leader != null) {
      partition.setLeader(leader);
    }
    for (NodeId node : replica.placement().replicas(group)) {
      NodeAddress address = Errors.address(replica.placement(), node);
      if (address != null) {
        partition.addReplicas(address);
      }
    }
    PartitionLog log = replica.log(id);
    if (log != null) {
      partition
          .setLogStartOffset(log.logStartOffset())
          .setEndOffset(log.endOffset())
          .setSizeBytes(log.sizeBytes());
    }
    return partition.build();
  }
}
