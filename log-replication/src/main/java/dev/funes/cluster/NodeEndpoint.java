package dev.funes.cluster;

/**
 * Where a node is reached.
 *
 * @param id the node
 * @param host name or address, as the other nodes and the clients resolve it
 * @param clientPort port of the gRPC API, 1 to 65535
 * @param raftPort port on which the other nodes replicate, 1 to 65535
 * @param zone where it runs, such as a rack or a site; empty: unknown
 */
public record NodeEndpoint(NodeId id, String host, int clientPort, int raftPort, String zone) {

  /** What a host may look like: a name, or an address. */
  public static final String HOST = "[a-zA-Z0-9._:-]{1,253}";

  /** What a zone may look like. */
  public static final String ZONE = "[a-zA-Z0-9._-]{1,249}";

  /** The greatest node id that a configuration may have. */
  public static final int ID_MAX = 1_000_000;

  public NodeEndpoint {
    if (host.isBlank()) {
      throw new IllegalArgumentException("host of node " + id + " must not be blank");
    }
    requirePort("port", id, clientPort);
    requirePort("raft-port", id, raftPort);
    if (clientPort == raftPort) {
      throw new IllegalArgumentException(
          "port and raft-port of node " + id + " must differ, both were " + raftPort);
    }
  }

  /** A node whose zone is unknown. */
  public NodeEndpoint(NodeId id, String host, int clientPort, int raftPort) {
    this(id, host, clientPort, raftPort, "");
  }

  /** {@code host:port} of the gRPC API; an IPv6 address is put in brackets. */
  public String clientAddress() {
    return address(clientPort);
  }

  /** {@code host:port} of replication; an IPv6 address is put in brackets. */
  public String raftAddress() {
    return address(raftPort);
  }

  private String address(int port) {
    boolean bareIpv6 = host.indexOf(':') >= 0 && !host.startsWith("[");
    return (bareIpv6 ? "[" + host + "]" : host) + ":" + port;
  }

  private static void requirePort(String name, NodeId id, int port) {
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException(
          name + " of node " + id + " must be 1 to 65535, was " + port);
    }
  }
}
