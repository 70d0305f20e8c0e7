package dev.funes.chaos.cluster;

import java.io.IOException;
import java.util.List;

/** How the nodes reach each other, and the prover them. */
public sealed interface NodeNetwork permits Loopback, Bridge {

  /** Makes the place of one more node. */
  NodeAddress add(int nodeId) throws IOException;

  /** What a command begins with that is to run where the node does. */
  List<String> prefix(int nodeId);

  /**
   * Where a node listens.
   *
   * @param port for clients
   * @param raftPort for the other nodes
   */
  record NodeAddress(String host, int port, int raftPort) {}
}
