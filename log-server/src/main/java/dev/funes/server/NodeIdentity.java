package dev.funes.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.funes.cluster.NodeEndpoint;
import dev.funes.cluster.Placement;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * Whose data a directory holds: {@code node.json}. Written once, before anything else; a node does
 * not touch the data of another node, of another cluster, or of a differently placed one, because
 * the Raft logs in it are only right for the raft groups that they were written for.
 */
record NodeIdentity(
    int formatVersion,
    String cluster,
    int node,
    List<Integer> nodes,
    int replicationFactor,
    int raftGroups) {

  static final String FILE_NAME = "node.json";
  private static final int FORMAT_VERSION = 1;

  static NodeIdentity of(NodeConfig config) {
    Placement placement = config.placement();
    return new NodeIdentity(
        FORMAT_VERSION,
        placement.clusterId(),
        config.self().value(),
        placement.nodes().stream().map(NodeEndpoint::id).map(id -> id.value()).sorted().toList(),
        placement.replicationFactor(),
        placement.dataRaftGroupCount());
  }

  /** Writes the file where there is none; otherwise it must say the same as this. */
  void claim(Path directory) throws IOException {
    Path file = directory.resolve(FILE_NAME);
    if (Files.exists(file)) {
      requireSame(file, read(file));
    } else {
      write(directory, file);
    }
  }

  private void requireSame(Path file, NodeIdentity found) {
    require(file, "format version", found.formatVersion, formatVersion);
    require(file, "cluster", found.cluster, cluster);
    require(file, "node", found.node, node);
    require(file, "nodes", found.nodes, nodes);
    require(file, "replication-factor", found.replicationFactor, replicationFactor);
    require(file, "raft-groups", found.raftGroups, raftGroups);
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

  private static NodeIdentity read(Path file) throws IOException {
    try {
      JsonNode json = new JsonMapper().readTree(Files.readString(file));
      List<Integer> nodes = new ArrayList<>();
      json.required("nodes").forEach(id -> nodes.add(id.intValue()));
      return new NodeIdentity(
          json.required("format").intValue(),
          json.required("cluster").asText(),
          json.required("node").intValue(),
          List.copyOf(nodes),
          json.required("replicationFactor").intValue(),
          json.required("raftGroups").intValue());
    } catch (com.fasterxml.jackson.core.JsonProcessingException | IllegalArgumentException e) {
      throw new StartException(file + ": is damaged; it must be the JSON that a node wrote", e);
    }
  }

  /**
   * A crash leaves no file or the whole file: temporary file, fsync, rename, fsync of the parent.
   */
  private void write(Path directory, Path file) throws IOException {
    ObjectNode json = new JsonMapper().createObjectNode();
    json.put("format", formatVersion).put("cluster", cluster).put("node", node);
    nodes.forEach(json.putArray("nodes")::add);
    json.put("replicationFactor", replicationFactor).put("raftGroups", raftGroups);

    Path temporary = directory.resolve(FILE_NAME + ".tmp");
    try (FileChannel channel =
        FileChannel.open(
            temporary,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      ByteBuffer bytes =
          ByteBuffer.wrap((json.toPrettyString() + "\n").getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    try (FileChannel parent = FileChannel.open(directory, StandardOpenOption.READ)) {
      parent.force(true);
    }
  }
}
