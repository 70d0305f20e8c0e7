package dev.funes.client;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a partition lies and how far it goes.
 *
 * @param raftGroup the raft group that replicates it
 * @param leader null when there is none, or it is not known
 * @param logStartOffset the first offset still there; null when the node that answered holds no
 *     replica, like the two that follow
 * @param endOffset the next offset to be written, as that node sees it
 * @param sizeBytes what the partition takes on that node's disk
 */
public record PartitionDescription(
    int partition,
    int raftGroup,
    @Nullable NodeAddress leader,
    List<NodeAddress> replicas,
    @Nullable Long logStartOffset,
    @Nullable Long endOffset,
    @Nullable Long sizeBytes) {
  // Written out: javac drops the @Nullable of the components from a compact constructor.
  public PartitionDescription(
      int partition,
      int raftGroup,
      @Nullable NodeAddress leader,
      List<NodeAddress> replicas,
      @Nullable Long logStartOffset,
      @Nullable Long endOffset,
      @Nullable Long sizeBytes) {
    this.partition = partition;
    this.raftGroup = raftGroup;
    this.leader = leader;
    this.replicas = List.copyOf(replicas);
    this.logStartOffset = logStartOffset;
    this.endOffset = endOffset;
    this.sizeBytes = sizeBytes;
  }
}
