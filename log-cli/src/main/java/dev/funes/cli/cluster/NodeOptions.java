package dev.funes.cli.cluster;

import dev.funes.client.ClusterNode;
import picocli.CommandLine.Option;

/** The options that say where a new node is. */
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class NodeOptions {
  @Option(
      names = "--id",
      required = true,
      paramLabel = "ID",
      description = "Its id: 1 to 1,000,000, and never that of a node that was removed.")
  private int id;

  @Option(
      names = "--host",
      required = true,
      paramLabel = "HOST",
      description = "Its host, as the other nodes and the clients resolve it.")
  private String host;

  @Option(
      names = {"-p", "--port"},
      required = true,
      paramLabel = "PORT",
      description = "Its port for clients.")
  private int port;

  @Option(
      names = "--raft-port",
      required = true,
      paramLabel = "PORT",
      description = "Its port for the other nodes.")
  private int raftPort;

  @Option(
      names = "--zone",
      paramLabel = "ZONE",
      defaultValue = "",
      description = "Where it runs, such as a rack or a site.")
  private String zone;

  ClusterNode node() {
    return new ClusterNode(id, host, port, raftPort, zone);
  }
}
