package dev.funes.replication;

import dev.funes.cluster.NodeEndpoint;
import dev.funes.cluster.NodeId;
import dev.funes.cluster.Placement;
import java.nio.file.Path;
import java.time.InstantSource;

/**
 * What a node is told.
 *
 * @param endpoint which node this is, and where it is reached
 * @param placement of a new cluster, the same on every node; the metadata raft group has the one of
 *     now
 * @param data the node's data directory; it is made when it is not there
 * @param limits see {@link ReplicaLimits}
 * @param clock stamps entries while this node leads, and times its checkpoints
 * @param founding whether this is the first start of a node of a new cluster: only then may a raft
 *     group that is not here yet be made with the voters of the placement. A node that joins, or
 *     that was here before, starts such a raft group empty and waits to be added by its leader
 */
public record ReplicaConfig(
    NodeEndpoint endpoint,
    Placement placement,
    Path data,
    ReplicaLimits limits,
    InstantSource clock,
    boolean founding) {

  public ReplicaConfig {
    if (founding && !endpoint.equals(placement.node(endpoint.id()))) {
      throw new IllegalArgumentException("node " + endpoint.id() + " is not in the configuration");
    }
  }

  /** A node of a new cluster. */
  public ReplicaConfig(
      NodeId self, Placement placement, Path data, ReplicaLimits limits, InstantSource clock) {
    this(endpoint(self, placement), placement, data, limits, clock, true);
  }

  private static NodeEndpoint endpoint(NodeId self, Placement placement) {
    NodeEndpoint endpoint = placement.node(self);
    if (endpoint == null) {
      throw new IllegalArgumentException("node " + self + " is not in the configuration");
    }
    return endpoint;
  }

  public NodeId self() {
    return endpoint.id();
  }

  /** With the default limits and the system's clock. */
  public static ReplicaConfig of(NodeId self, Placement placement, Path data) {
    return new ReplicaConfig(self, placement, data, ReplicaLimits.DEFAULTS, InstantSource.system());
  }
}
