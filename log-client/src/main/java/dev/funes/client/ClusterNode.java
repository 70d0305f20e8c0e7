package dev.funes.client;

/**
 * A node, as it is added to a cluster.
 *
 * @param nodeId 1 to 1,000,000; never that of a node that was removed
 * @param host as the other nodes and the clients resolve it
 * @param port of the API
 * @param raftPort on which the other nodes replicate
 * @param zone where it runs, such as a rack or a site; empty: unknown
 */
public record ClusterNode(int nodeId, String host, int port, int raftPort, String zone) {

  /** A node whose zone is unknown. */
  public ClusterNode(int nodeId, String host, int port, int raftPort) {
    this(nodeId, host, port, raftPort, "");
  }
}
