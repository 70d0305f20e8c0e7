package dev.funes.client;

/** A node and where clients reach it. */
public record NodeAddress(int nodeId, String host, int port) {
  public ServerAddress server() {
    return new ServerAddress(host, port);
  }

  @Override
  public String toString() {
    return "node " + nodeId + " (" + server() + ")";
  }
}
