package dev.funes.server;

import dev.funes.cluster.NodeEndpoint;
import dev.funes.cluster.NodeId;
import dev.funes.cluster.Placement;
import dev.funes.replication.GroupLimits;
import dev.funes.replication.ReplicaLimits;
import dev.funes.replication.ScrubLimits;
import dev.funes.server.grpc.ApiLimits;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What one node of a cluster is to be: the configuration file, read for one node id.
 *
 * <p>The file is the same on every node. Required are {@code cluster}, {@code data} (where {@code
 * {id}} stands for the node's id) and {@code nodes}; everything else has a default.
 *
 * @param self the node to run; one of the placement's
 * @param placement the cluster
 * @param data the node's own directory
 * @param join whether it comes to a cluster that is there already, when its directory is new
 * @param raftGroupsGiven whether the number of raft groups is written there, and not the default of
 *     a new cluster
 * @param entriesPort where leaders connect to send entries; 0: any that is free
 */
public record NodeConfig(
    NodeId self,
    Placement placement,
    Path data,
    ApiLimits limits,
    ReplicaLimits replicaLimits,
    boolean join,
    boolean raftGroupsGiven,
    int entriesPort) {

  private static final int RAFT_GROUPS_MAX = 1_000;
  private static final long MIB = 1L << 20;

  /** A batch goes into one entry of the Raft log, whole, with a little around it. */
  private static final int BATCH_BYTES_MAX = 4 << 20;

  private static final long DAY_MILLIS = 24L * 60 * 60 * 1_000;
  private static final long YEARS_MILLIS = 100 * 365 * DAY_MILLIS;

  /** Reads the file; throws {@link StartException} with one line at the first mistake. */
  public static NodeConfig load(Path file, int nodeId) {
    return load(file, nodeId, false);
  }

  /**
   * As above.
   *
   * @param join as if the file said {@code join: true}
   */
  public static NodeConfig load(Path file, int nodeId, boolean join) {
    ConfigSection top = ConfigFile.read(file);
    String cluster = top.text("cluster");
    if (!cluster.matches("[a-zA-Z0-9._-]{1,100}")) {
      throw top.problem("cluster", "must be 1 to 100 of [a-zA-Z0-9._-]");
    }
    String data = top.text("data");
    Map<NodeId, Integer> entriesPorts = new HashMap<>();
    List<NodeEndpoint> nodes = nodes(top, entriesPorts);
    int replicationFactor =
        top.integer("replication-factor", 1, Placement.NODES_MAX, Math.min(3, nodes.size()));
    boolean joins = top.flag("join", false) || join;
    if (joins && nodes.size() == 1) {
      throw top.problem(
          "nodes", "must name at least one node of the cluster beside the one that joins it");
    }
    if (joins) {
      replicationFactor = Math.min(replicationFactor, nodes.size()); // the cluster has its own
    }
    if (replicationFactor > nodes.size()) {
      throw top.problem(
          "replication-factor",
          "is " + replicationFactor + ", more than the " + nodes.size() + " nodes");
    }
    int raftGroups =
        top.integer(
            "raft-groups", 1, RAFT_GROUPS_MAX, Placement.defaultDataRaftGroupCount(nodes.size()));
    boolean raftGroupsGiven = top.has("raft-groups");
    ConfigSection limitSection = top.section("limits");
    ApiLimits limits = apiLimits(limitSection);
    ReplicaLimits replicaLimits = replicaLimits(top, limitSection);
    limitSection.rejectUnknownKeys();
    top.rejectUnknownKeys();

    if (nodes.stream().noneMatch(node -> node.id().value() == nodeId)) {
      String ids = String.join(", ", nodes.stream().map(node -> "" + node.id().value()).toList());
      throw new StartException(file + ": no node with id " + nodeId + "; 'nodes' has " + ids);
    }
    return new NodeConfig(
        new NodeId(nodeId),
        new Placement(cluster, nodes, replicationFactor, raftGroups),
        Path.of(data.replace("{id}", Integer.toString(nodeId))).toAbsolutePath(),
        limits,
        replicaLimits,
        joins,
        raftGroupsGiven,
        entriesPorts.getOrDefault(new NodeId(nodeId), 0));
  }

  /** Where this node is reached. */
  public NodeEndpoint endpoint() {
    NodeEndpoint endpoint = placement.node(self);
    if (endpoint == null) {
      throw new IllegalStateException("expected node " + self + " in " + placement);
    }
    return endpoint;
  }

  private static List<NodeEndpoint> nodes(ConfigSection top, Map<NodeId, Integer> entriesPorts) {
    List<ConfigSection> sections = top.sections("nodes");
    if (sections.size() > Placement.NODES_MAX) {
      throw top.problem(
          "nodes", "has " + sections.size() + " nodes; at most " + Placement.NODES_MAX);
    }
    List<NodeEndpoint> nodes = new ArrayList<>();
    Map<NodeId, Integer> ids = new HashMap<>();
    Map<String, Integer> addresses = new HashMap<>();
    for (ConfigSection section : sections) {
      NodeEndpoint node = node(section, entriesPorts);
      Integer sameId = ids.putIfAbsent(node.id(), nodes.size());
      if (sameId != null) {
        throw section.problem(
            "id", "is " + node.id().value() + ", the id of nodes[" + sameId + "] too");
      }
      rejectSharedAddress(section, "port", node.host(), node.clientPort(), addresses, nodes.size());
      rejectSharedAddress(
          section, "raft-port", node.host(), node.raftPort(), addresses, nodes.size());
      int entriesPort = entriesPorts.getOrDefault(node.id(), 0);
      if (entriesPort != 0) {
        rejectSharedAddress(
            section, "entries-port", node.host(), entriesPort, addresses, nodes.size());
      }
      nodes.add(node);
    }
    return List.copyOf(nodes);
  }

  private static NodeEndpoint node(ConfigSection section, Map<NodeId, Integer> entriesPorts) {
    int id = section.integer("id", 1, NodeEndpoint.ID_MAX);
    String host = section.text("host");
    if (!host.matches(NodeEndpoint.HOST)) {
      throw section.problem("host", "must be a host name or an IP address, was \"" + host + "\"");
    }
    int port = section.integer("port", 1, 65_535);
    int raftPort = section.integer("raft-port", 1, 65_535);
    entriesPorts.put(new NodeId(id), section.integer("entries-port", 0, 65_535, 0));
    String zone = section.optionalText("zone");
    if (zone != null && !zone.matches(NodeEndpoint.ZONE)) {
      throw section.problem("zone", "must be 1 to 249 of [a-zA-Z0-9._-], was \"" + zone + "\"");
    }
    section.rejectUnknownKeys();
    return new NodeEndpoint(new NodeId(id), host, port, raftPort, zone == null ? "" : zone);
  }

  private static void rejectSharedAddress(
      ConfigSection section,
      String key,
      String host,
      int port,
      Map<String, Integer> addresses,
      int index) {
    String address = host + ":" + port;
    Integer other = addresses.putIfAbsent(address, index);
    if (other != null) {
      throw section.problem(key, "makes " + address + ", an address of nodes[" + other + "] too");
    }
  }

  private static ApiLimits apiLimits(ConfigSection section) {
    ApiLimits absent = ApiLimits.DEFAULTS;
    int record =
        section.integer("record-bytes-max", 1_024, BATCH_BYTES_MAX, absent.recordBytesMax());
    int batch = section.integer("batch-bytes-max", record, BATCH_BYTES_MAX, absent.batchBytesMax());
    int connection =
        section.integer(
            "connection-bytes-max", batch, 1 << 30, Math.max(batch, absent.connectionBytesMax()));
    int streams =
        section.integer("connection-streams-max", 1, 100_000, absent.connectionStreamsMax());
    return new ApiLimits(
        record,
        batch,
        connection,
        streams,
        section.integer("connections-max", 1, 1_000_000, absent.connectionsMax()),
        section.number(
            "in-flight-bytes-max", batch, MIB << 14, Math.max(batch, absent.inFlightBytesMax())),
        section.number("fetch-bytes-max", MIB, MIB << 14, absent.fetchBytesMax()));
  }

  private static ReplicaLimits replicaLimits(ConfigSection top, ConfigSection limits) {
    ReplicaLimits absent = ReplicaLimits.DEFAULTS;
    return new ReplicaLimits(
        absent.pendingBytesMax(),
        absent.entryBytesMax(),
        absent.entriesInFlightMax(),
        absent.proposalMillisMax(),
        top.number("checkpoint-bytes", MIB, MIB << 20, absent.checkpointBytes()),
        top.number("checkpoint-millis", 1_000, DAY_MILLIS, 10 * 60_000),
        top.number("raft-log-keep-millis", 1, 7 * DAY_MILLIS, absent.raftLogKeepMillis()),
        top.number("raft-log-keep-bytes", MIB, MIB << 24, absent.raftLogKeepBytes()),
        top.number("retention-check-millis", 100, DAY_MILLIS, 60_000),
        absent.producerExpiryMillis(),
        limits.integer("partitions-max", 1, 1_000_000, absent.partitionsMax()),
        top.number("disk-reserve-bytes", 0, MIB << 24, absent.diskReserveBytes()),
        top.number("catch-up-bytes-per-second", MIB, MIB << 14, absent.catchUpBytesPerSecond()),
        groupLimits(top, limits),
        scrubLimits(top));
  }

  private static ScrubLimits scrubLimits(ConfigSection top) {
    ScrubLimits absent = ScrubLimits.DEFAULTS;
    return new ScrubLimits(
        top.number("scrub-bytes-per-second", 1_024, MIB << 14, absent.bytesPerSecond()),
        top.number("scrub-interval-millis", 0, 365 * DAY_MILLIS, absent.intervalMillis()),
        top.number("read-check-millis", 0, DAY_MILLIS, absent.readCheckMillis()));
  }

  private static GroupLimits groupLimits(ConfigSection top, ConfigSection limits) {
    GroupLimits absent = GroupLimits.DEFAULTS;
    return new GroupLimits(
        limits.integer("group-members-max", 1, 20_000, absent.membersMax()),
        limits.integer("bookmarks-max", 1, 100_000, absent.bookmarksMax()),
        limits.integer("offset-history-max", 1, 100_000_000, absent.historyMax()),
        top.number("offset-history-millis", 1_000, YEARS_MILLIS, absent.historyMillis()),
        top.number("offsets-retention-millis", 1_000, YEARS_MILLIS, absent.offsetsMillis()));
  }
}
