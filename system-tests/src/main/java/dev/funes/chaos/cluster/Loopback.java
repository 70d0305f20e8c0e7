package dev.funes.chaos.cluster;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;

/** All nodes on 127.0.0.1, each with two ports that were free a moment ago. */
public final class Loopback implements NodeNetwork {
  @Override
  public NodeAddress add(int nodeId) throws IOException {
    InetAddress host = InetAddress.getLoopbackAddress();
    try (ServerSocket clients = new ServerSocket(0, 1, host);
        ServerSocket raft = new ServerSocket(0, 1, host)) {
      return new NodeAddress("127.0.0.1", clients.getLocalPort(), raft.getLocalPort());
    }
  }

  @Override
  public List<String> prefix(int nodeId) {
    return List.of();
  }
}
