package dev.funes.raft;

import dev.funes.cluster.NodeEndpoint;
import dev.funes.cluster.NodeId;
import dev.funes.cluster.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.jspecify.annotations.Nullable;

/** Our names as Ratis writes them, and back. */
final class RatisIds {

  private static final String PEER_PREFIX = "n";

  private RatisIds() {}

  static RaftPeerId peerId(NodeId node) {
    return RaftPeerId.valueOf(PEER_PREFIX + node.value());
  }

  static @Nullable NodeId node(@Nullable RaftPeerId peer) {
    return peer == null ? null : node(peer.toString());
  }

  static NodeId node(String peer) {
    if (!peer.startsWith(PEER_PREFIX)) {
      throw new IllegalArgumentException("expected a peer n<node id>, was " + peer);
    }
    return new NodeId(Integer.parseInt(peer.substring(PEER_PREFIX.length())));
  }

  static org.apache.ratis.protocol.RaftGroupId groupId(String clusterId, RaftGroupId group) {
    return org.apache.ratis.protocol.RaftGroupId.valueOf(group.uuid(clusterId));
  }

  /** All have the same priority: who should lead is the balancer's business, not an election's. */
  static RaftPeer peer(NodeEndpoint node) {
    return RaftPeer.newBuilder().setId(peerId(node.id())).setAddress(node.raftAddress()).build();
  }
}
