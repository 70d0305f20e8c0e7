package dev.funes.client;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A raft group and its replicas.
 *
 * @param raftGroup 0 is the metadata raft group; data raft groups are numbered from 1
 * @param leader null when there is none, or it is not known
 * @param term the Raft term
 * @param placement where it should be, and where it is
 */
public record RaftGroupDescription(
    int raftGroup,
    @Nullable NodeAddress leader,
    long term,
    List<RaftReplicaDescription> replicas,
    int partitionCount,
    RaftGroupPlacement placement) {
  // Written out: javac drops the @Nullable of the components from a compact constructor.
  public RaftGroupDescription(
      int raftGroup,
      @Nullable NodeAddress leader,
      long term,
      List<RaftReplicaDescription> replicas,
      int partitionCount,
      RaftGroupPlacement placement) {
    this.raftGroup = raftGroup;
    this.leader = leader;
    this.term = term;
    this.replicas = List.copyOf(replicas);
    this.partitionCount = partitionCount;
    this.placement = placement;
  }
}
