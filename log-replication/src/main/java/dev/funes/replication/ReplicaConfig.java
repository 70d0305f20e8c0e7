package dev.funes.replication;

import dev.funes.cluster.NodeId;
import dev.funes.cluster.Placement;
import java.nio.file.Path;
import java.time.InstantSource;

/**
 * What a node is told.
 *
 * @param self which node of the placement this is
 * @param placement the same on every node
 * @param data the node's data directory; it is made when it is not there
 * @param limits see {@link ReplicaLimits}
 * @param clock stamps entries while this node leads, and times its checkpoints
 */
public record ReplicaConfig(
    NodeId self, Placement placement, Path data, ReplicaLimits limits, InstantSource clock) {

  public ReplicaConfig {
    if (placement.node(self) == null) {
      throw new IllegalArgumentException("node " + self + " is not in the configuration");
    }
  }

  /** With the default limits and the system's clock. */
  public static ReplicaConfig of(NodeId self, Placement placement, Path data) {
    return new ReplicaConfig(self, placement, data, ReplicaLimits.DEFAULTS, InstantSource.system());
  }
}
