package dev.funes.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.funes.cluster.NodeEndpoint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Whose data a directory holds: {@code node.json}. Written before anything else; a node does not
 * touch the data of another node or of another cluster. Which nodes there are is not its business:
 * the metadata raft group knows, and what the file says of it is only how the cluster began.
 *
 * @param nodes of the configuration when the directory was new
 * @param replicationFactor of the configuration when the directory was new
 * @param raftGroups of the cluster, for ever
 * @param dataId names this directory: the cluster knows each node with one, so that an empty
 *     directory is never taken for the one that was lost
 * @param joined whether the node came to a cluster that was there already
 * @param started whether its raft groups have been made
 */
record NodeIdentity(
    String cluster,
    int node,
    List<Integer> nodes,
    int replicationFactor,
    int raftGroups,
    String dataId,
    boolean joined,
    boolean started) {

  /** With a checksum, and a copy beside it. */
  static final int FORMAT = 3;

  /** Had no data id; the nodes of its cluster were those of the configuration. */
  static final int FORMAT_MIN = 1;

  private static final JsonMapper JSON = new JsonMapper();

  NodeIdentity {
    nodes = List.copyOf(nodes);
  }

  /** Of a directory that is new. */
  static NodeIdentity create(NodeConfig config, int raftGroups) {
    return new NodeIdentity(
        config.placement().clusterId(),
        config.self().value(),
        nodeIds(config),
        config.placement().replicationFactor(),
        raftGroups,
        UUID.randomUUID().toString(),
        config.join(),
        false);
  }

  NodeIdentity asStarted() {
    return new NodeIdentity(
        cluster, node, nodes, replicationFactor, raftGroups, dataId, joined, true);
  }

  /** Whether the raft groups may be made with the voters of the configuration. */
  boolean isFounding() {
    return !joined && !started;
  }

  /**
   * What the file says; null when there is none.
   *
   * @throws StartException when the configuration says something else, and in place of reading a
   *     file of another version
   */
  static @Nullable NodeIdentity read(Path directory, NodeConfig config) throws IOException {
    IdentityFile file = IdentityFile.find(directory);
    if (file == null) {
      return null;
    }
    NodeIdentity found;
    try {
      found = parse(file.json(), file.format());
    } catch (IllegalArgumentException e) {
      throw IdentityFile.damaged(file.path(), e);
    }
    found.requireSame(file.path(), config, file.format());
    return found;
  }

  private static NodeIdentity parse(JsonNode json, int format) {
    List<Integer> nodes = new ArrayList<>();
    json.required("nodes").forEach(id -> nodes.add(id.intValue()));
    boolean hasId = format > FORMAT_MIN;
    return new NodeIdentity(
        json.required("cluster").asText(),
        json.required("node").intValue(),
        nodes,
        json.required("replicationFactor").intValue(),
        json.required("raftGroups").intValue(),
        hasId ? UUID.fromString(json.required("dataId").asText()).toString() : newDataId(),
        hasId && json.required("joined").booleanValue(),
        !hasId || json.required("started").booleanValue());
  }

  private static String newDataId() {
    return UUID.randomUUID().toString();
  }

  private void requireSame(Path file, NodeConfig config, int format) {
    require(file, "cluster", cluster, config.placement().clusterId());
    require(file, "node", node, config.self().value());
    if (config.raftGroupsGiven()) {
      require(file, "raft-groups", raftGroups, config.placement().dataRaftGroupCount());
    }
    if (format == FORMAT_MIN) {
      // It is about to tell the metadata raft group how the cluster began.
      require(file, "nodes", nodes, nodeIds(config));
      require(
          file, "replication-factor", replicationFactor, config.placement().replicationFactor());
    }
  }

  private static List<Integer> nodeIds(NodeConfig config) {
    return config.placement().nodes().stream()
        .map(NodeEndpoint::id)
        .map(id -> id.value())
        .sorted()
        .toList();
  }

  private static void require(Path file, String what, Object found, Object configured) {
    if (!found.equals(configured)) {
      throw new StartException(
          file
              + ": this directory holds data of "
              + what
              + " "
              + found
              + ", but the configuration says "
              + configured);
    }
  }

  /** A crash leaves what was there before, or this. */
  void write(Path directory) throws IOException {
    ObjectNode json = JSON.createObjectNode();
    json.put("format", FORMAT).put("cluster", cluster).put("node", node);
    nodes.forEach(json.putArray("nodes")::add);
    json.put("replicationFactor", replicationFactor).put("raftGroups", raftGroups);
    json.put("dataId", dataId).put("joined", joined).put("started", started);
    IdentityFile.write(directory, json);
  }
}
