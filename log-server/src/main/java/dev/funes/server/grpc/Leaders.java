package dev.funes.server.grpc;

import dev.funes.cluster.NodeId;
import dev.funes.cluster.RaftGroupId;
import dev.funes.proto.v1.Error;
import dev.funes.replication.Replica;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Who leads which raft group, as far as this node knows. Of raft groups without a replica here it
 * knows what the answers of other nodes said. Any thread may call.
 */
final class Leaders {
  private final Replica replica;
  private final Map<RaftGroupId, NodeId> heardOf = new ConcurrentHashMap<>();

  Leaders(Replica replica) {
    this.replica = replica;
  }

  /** The node to ask; null when there is nobody. */
  @Nullable NodeId of(RaftGroupId group) {
    if (replica.isHere(group)) {
      return replica.leader(group);
    }
    NodeId heard = heardOf.get(group);
    return heard != null ? heard : replica.placement().preferredLeader(group);
  }

  boolean isSelf(@Nullable NodeId leader) {
    return replica.self().equals(leader);
  }

  /** Learns from an answer that came from the node which was thought to lead. */
  void learn(RaftGroupId group, Error error) {
    if (error.hasLeader()) {
      heardOf.put(group, new NodeId(error.getLeader().getNodeId()));
    } else {
      heardOf.remove(group);
    }
  }
}
