package dev.funes.replication;

import dev.funes.cluster.ClusterMembers;
import dev.funes.cluster.NodeDuty;
import dev.funes.cluster.NodeEndpoint;
import dev.funes.cluster.NodeId;
import dev.funes.cluster.Placement;
import dev.funes.cluster.RaftGroupId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;

/** How nodes and their placement are laid out; see {@link Wire}. */
final class PlacementWire {

  static final int DUTY_BYTES = Byte.BYTES + Integer.BYTES;

  private static final int ENDPOINT_BYTES_MIN = 3 * Integer.BYTES + 2 * Short.BYTES;
  private static final byte ACTIVE = 0;
  private static final byte DRAINED = 1;
  private static final byte REPLACED = 2;

  private PlacementWire() {}

  static int endpointBytes(NodeEndpoint node) {
    return 3 * Integer.BYTES + Wire.stringBytes(node.host()) + Wire.stringBytes(node.zone());
  }

  static void putEndpoint(ByteBuffer out, NodeEndpoint node) {
    out.putInt(node.id().value()).putInt(node.clientPort()).putInt(node.raftPort());
    Wire.putString(out, node.host());
    Wire.putString(out, node.zone());
  }

  static NodeEndpoint readEndpoint(ByteBuffer in) {
    NodeId id = readNode(in);
    int clientPort = Wire.readInt(in);
    int raftPort = Wire.readInt(in);
    String host = Wire.readString(in);
    String zone = Wire.readString(in);
    return valid(() -> new NodeEndpoint(id, host, clientPort, raftPort, zone));
  }

  static NodeId readNode(ByteBuffer in) {
    int value = Wire.readInt(in);
    return valid(() -> new NodeId(value));
  }

  static RaftGroupId readGroup(ByteBuffer in) {
    int value = Wire.readInt(in);
    return valid(() -> new RaftGroupId(value));
  }

  static int idsBytes(Collection<NodeId> ids) {
    return Integer.BYTES * (1 + ids.size());
  }

  static void putIds(ByteBuffer out, Collection<NodeId> ids) {
    out.putInt(ids.size());
    ids.forEach(id -> out.putInt(id.value()));
  }

  static List<NodeId> readIds(ByteBuffer in) {
    return readList(in, Integer.BYTES, PlacementWire::readNode);
  }

  static int placementBytes(Placement placement) {
    int bytes = Wire.stringBytes(placement.clusterId()) + 4 * Integer.BYTES;
    for (NodeEndpoint node : placement.nodes()) {
      bytes += endpointBytes(node);
    }
    for (List<NodeId> replicas : placement.dataReplicas().values()) {
      bytes += Integer.BYTES + idsBytes(replicas);
    }
    return bytes;
  }

  static void putPlacement(ByteBuffer out, Placement placement) {
    Wire.putString(out, placement.clusterId());
    out.putInt(placement.replicationFactor()).putInt(placement.dataRaftGroupCount());
    out.putInt(placement.nodes().size());
    placement.nodes().forEach(node -> putEndpoint(out, node));
    out.putInt(placement.dataReplicas().size());
    placement
        .dataReplicas()
        .forEach(
            (group, replicas) -> {
              out.putInt(group.value());
              putIds(out, replicas);
            });
  }

  static Placement readPlacement(ByteBuffer in) {
    String clusterId = Wire.readString(in);
    int replicationFactor = Wire.readInt(in);
    int dataRaftGroupCount = Wire.readInt(in);
    List<NodeEndpoint> nodes = readList(in, ENDPOINT_BYTES_MIN, PlacementWire::readEndpoint);
    Map<RaftGroupId, List<NodeId>> replicas = new TreeMap<>();
    int count = Wire.readCount(in, 2 * Integer.BYTES);
    for (int i = 0; i < count; i++) {
      RaftGroupId group = readGroup(in);
      replicas.put(group, readIds(in));
    }
    return valid(
        () -> new Placement(clusterId, nodes, replicationFactor, dataRaftGroupCount, replicas));
  }

  static void putDuty(ByteBuffer out, NodeDuty duty) {
    switch (duty) {
      case NodeDuty.Active() -> out.put(ACTIVE).putInt(0);
      case NodeDuty.Drained() -> out.put(DRAINED).putInt(0);
      case NodeDuty.Replaced(NodeId successor) -> out.put(REPLACED).putInt(successor.value());
    }
  }

  static NodeDuty readDuty(ByteBuffer in) {
    byte duty = Wire.readByte(in);
    int successor = Wire.readInt(in);
    return switch (duty) {
      case ACTIVE -> new NodeDuty.Active();
      case DRAINED -> new NodeDuty.Drained();
      case REPLACED -> valid(() -> new NodeDuty.Replaced(new NodeId(successor)));
      default -> throw new MalformedEntryException("duty " + duty + " of a node");
    };
  }

  static int membersBytes(ClusterMembers members) {
    int bytes = 2 * Byte.BYTES + 2 * Integer.BYTES + idsBytes(members.retired());
    for (String dataId : members.dataIds().values()) {
      bytes += Integer.BYTES + Wire.stringBytes(dataId);
    }
    return bytes + members.duties().size() * (Integer.BYTES + DUTY_BYTES);
  }

  static void putMembers(ByteBuffer out, ClusterMembers members) {
    out.put((byte) (members.founded() ? 1 : 0)).put((byte) (members.balancing() ? 1 : 0));
    out.putInt(members.dataIds().size());
    members
        .dataIds()
        .forEach(
            (node, dataId) -> {
              out.putInt(node.value());
              Wire.putString(out, dataId);
            });
    out.putInt(members.duties().size());
    members
        .duties()
        .forEach(
            (node, duty) -> {
              out.putInt(node.value());
              putDuty(out, duty);
            });
    putIds(out, members.retired());
  }

  static ClusterMembers readMembers(ByteBuffer in) {
    boolean founded = Wire.readFlag(in);
    boolean balancing = Wire.readFlag(in);
    Map<NodeId, String> dataIds = new TreeMap<>();
    int registered = Wire.readCount(in, Integer.BYTES + Short.BYTES);
    for (int i = 0; i < registered; i++) {
      NodeId node = readNode(in);
      dataIds.put(node, Wire.readString(in));
    }
    Map<NodeId, NodeDuty> duties = new TreeMap<>();
    int special = Wire.readCount(in, Integer.BYTES + DUTY_BYTES);
    for (int i = 0; i < special; i++) {
      NodeId node = readNode(in);
      duties.put(node, readDuty(in));
    }
    List<NodeId> retired = readIds(in);
    return new ClusterMembers(founded, dataIds, duties, new TreeSet<>(retired), balancing);
  }

  private static <T> List<T> readList(
      ByteBuffer in, int bytesEach, Function<ByteBuffer, T> element) {
    int count = Wire.readCount(in, bytesEach);
    List<T> list = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      list.add(element.apply(in));
    }
    return list;
  }

  private static <T> T valid(Supplier<T> made) {
    try {
      return made.get();
    } catch (IllegalArgumentException e) {
      throw new MalformedEntryException(String.valueOf(e.getMessage()));
    }
  }
}
