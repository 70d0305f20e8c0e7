package dev.funes.server.grpc;

import dev.funes.cluster.Placement;
import dev.funes.cluster.RaftGroupId;
import dev.funes.cluster.Topic;
import dev.funes.proto.v1.CheckpointCopy;
import dev.funes.proto.v1.DescribeClusterResponse;
import dev.funes.proto.v1.Node;
import dev.funes.proto.v1.NodeAddress;
import dev.funes.proto.v1.NodeScrub;
import dev.funes.proto.v1.RaftGroup;
import dev.funes.proto.v1.RaftReplica;
import dev.funes.raft.RaftGroupStatus;
import dev.funes.replication.CopyProgress;
import dev.funes.replication.DiskReserve;
import dev.funes.replication.Movement;
import dev.funes.replication.Replica;
import dev.funes.replication.ScrubStatus;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;

/** How this node fares, and its replicas of raft groups. */
final class NodeStatus {
  private final Replica replica;
  private final Path data;
  private final String version;

  NodeStatus(Replica replica, Path data, String version) {
    this.replica = replica;
    this.data = data;
    this.version = version;
  }

  /** This node alone, and the raft groups that it replicates with this replica of each. */
  DescribeClusterResponse describe() {
    Placement placement = replica.placement();
    DescribeClusterResponse.Builder response =
        DescribeClusterResponse.newBuilder()
            .setClusterId(placement.clusterId())
            .setNodeId(replica.self().value())
            .addNodes(node())
            .setHealthy(true);
    for (RaftGroupId group : placement.raftGroups()) {
      RaftGroup described = raftGroup(group);
      if (described.getReplicasCount() == 0 && described.getState().isEmpty()) {
        continue; // it has nothing to do with this node
      }
      response.addRaftGroups(described);
      if (!described.hasLeader()) {
        response
            .setHealthy(false)
            .addProblems("raft group " + group + " has no leader that this node knows");
      }
    }
    ClusterNodes.describe(replica.view(), response);
    return response.build();
  }

  private Node node() {
    Runtime runtime = Runtime.getRuntime();
    DiskReserve.State disk = replica.diskReserve().own();
    return Node.newBuilder()
        .setAddress(address())
        .setReachable(true)
        .setVersion(version)
        .setUptimeMillis(ManagementFactory.getRuntimeMXBean().getUptime())
        .setHeapUsedBytes(runtime.totalMemory() - runtime.freeMemory())
        .setHeapMaxBytes(runtime.maxMemory())
        .setDirectUsedBytes(directBytes())
        .setDataBytesFree(data.toFile().getUsableSpace())
        .setDiskReserveBytes(disk.reserveBytes())
        .setDiskShort(disk.isShort())
        .setScrub(scrub(replica.scrubber().status()))
        .build();
  }

  private static NodeScrub scrub(ScrubStatus status) {
    return NodeScrub.newBuilder()
        .setRunning(status.running())
        .setPassDoneBytes(status.passDoneBytes())
        .setPassTotalBytes(status.passTotalBytes())
        .setPasses(status.passes())
        .setScrubbedBytes(status.scrubbedBytes())
        .setCorruptBatches(status.corruptBatches())
        .setRepairedBatches(status.repairedBatches())
        .setRepairedIndexes(status.repairedIndexes())
        .setDamagedSegments(status.damagedSegments())
        .setProblem(status.problem())
        .build();
  }

  private NodeAddress address() {
    return Errors.address(replica.endpoint());
  }

  private static long directBytes() {
    return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .filter(pool -> pool.getName().equals("direct"))
        .mapToLong(BufferPoolMXBean::getMemoryUsed)
        .sum();
  }

  /**
   * Without a replica when there is none here. The lag is that behind the commit that this replica
   * knows of.
   */
  private RaftGroup raftGroup(RaftGroupId group) {
    Movement movement = replica.movement(group);
    RaftGroup.Builder described =
        RaftGroup.newBuilder().setRaftGroup(group.value()).setState(movement.doing());
    RaftGroupStatus status;
    try {
      status = replica.status(group);
    } catch (IllegalArgumentException e) {
      return described.build(); // it is not here, or not any more
    }
    RaftReplica.Builder here =
        RaftReplica.newBuilder()
            .setAddress(address())
            .setAppliedIndex(status.appliedIndex())
            .setLagEntries(Math.max(0, status.committedIndex() - status.appliedIndex()));
    CopyProgress copying = replica.copying(group);
    if (copying != null) {
      here.setCopying(
          CheckpointCopy.newBuilder()
              .setFromNodeId(copying.from().value())
              .setDoneBytes(copying.doneBytes())
              .setTotalBytes(copying.totalBytes()));
    }
    described.setTerm(status.term()).setPartitionCount(partitionCount(group)).addReplicas(here);
    if (status.leaderReady()) {
      described.addAllVoters(ClusterNodes.values(movement.voters()));
      if (!movement.settled() && movement.doing().isEmpty()) {
        described.setState("changing its voters");
      }
    }
    NodeAddress leader = Errors.address(replica.placement(), status.leader());
    return leader == null ? described.build() : described.setLeader(leader).build();
  }

  private int partitionCount(RaftGroupId group) {
    int count = 0;
    for (Topic topic : replica.view().topics()) {
      for (int number = 0; number < topic.partitionCount(); number++) {
        if (replica.placement().raftGroupOf(topic.partition(number)).equals(group)) {
          count++;
        }
      }
    }
    return count;
  }
}
