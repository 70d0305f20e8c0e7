package dev.funes.replication;

import dev.funes.cluster.NodeDuty;
import dev.funes.cluster.NodeEndpoint;
import dev.funes.cluster.NodeId;
import dev.funes.cluster.Placement;
import dev.funes.cluster.RaftGroupId;
import java.nio.ByteBuffer;
import java.util.List;

/** The commands of the metadata raft group that change what is where; type numbers 5 to 11. */
sealed interface PlacementCommand extends MetadataCommand {

  byte FOUND = 5;
  byte REGISTER_NODE = 6;
  byte ADD_NODE = 7;
  byte REMOVE_NODE = 8;
  byte SET_REPLICAS = 9;
  byte SET_DUTY = 10;
  byte SET_BALANCING = 11;

  /** Stores the placement that the founding nodes have from their configuration; once. */
  record Found(Placement placement) implements PlacementCommand {}

  /** A node tells where it is and which data directory it has. */
  record RegisterNode(NodeEndpoint endpoint, String dataId) implements PlacementCommand {}

  record AddNode(NodeEndpoint endpoint) implements PlacementCommand {}

  /** Refused while a data raft group is placed on it. */
  record RemoveNode(NodeId node) implements PlacementCommand {}

  /** Moves a data raft group, if it is still placed on {@code expected}. */
  record SetReplicas(RaftGroupId group, List<NodeId> expected, List<NodeId> next)
      implements PlacementCommand {

    public SetReplicas {
      expected = List.copyOf(expected);
      next = List.copyOf(next);
    }
  }

  record SetDuty(NodeId node, NodeDuty duty) implements PlacementCommand {}

  record SetBalancing(boolean balancing) implements PlacementCommand {}

  @Override
  default ByteBuffer encode() {
    return switch (this) {
      case Found(Placement placement) -> {
        ByteBuffer out = MetadataCommand.header(FOUND, PlacementWire.placementBytes(placement));
        PlacementWire.putPlacement(out, placement);
        yield out.flip();
      }
      case RegisterNode(NodeEndpoint endpoint, String dataId) -> {
        ByteBuffer out =
            MetadataCommand.header(
                REGISTER_NODE, PlacementWire.endpointBytes(endpoint) + Wire.stringBytes(dataId));
        PlacementWire.putEndpoint(out, endpoint);
        Wire.putString(out, dataId);
        yield out.flip();
      }
      case AddNode(NodeEndpoint endpoint) -> {
        ByteBuffer out = MetadataCommand.header(ADD_NODE, PlacementWire.endpointBytes(endpoint));
        PlacementWire.putEndpoint(out, endpoint);
        yield out.flip();
      }
      case RemoveNode(NodeId node) ->
          MetadataCommand.header(REMOVE_NODE, Integer.BYTES).putInt(node.value()).flip();
      case SetReplicas(RaftGroupId group, List<NodeId> expected, List<NodeId> next) -> {
        ByteBuffer out =
            MetadataCommand.header(
                SET_REPLICAS,
                Integer.BYTES + PlacementWire.idsBytes(expected) + PlacementWire.idsBytes(next));
        out.putInt(group.value());
        PlacementWire.putIds(out, expected);
        PlacementWire.putIds(out, next);
        yield out.flip();
      }
      case SetDuty(NodeId node, NodeDuty duty) -> {
        ByteBuffer out = MetadataCommand.header(SET_DUTY, Integer.BYTES + PlacementWire.DUTY_BYTES);
        out.putInt(node.value());
        PlacementWire.putDuty(out, duty);
        yield out.flip();
      }
      case SetBalancing(boolean balancing) ->
          MetadataCommand.header(SET_BALANCING, Byte.BYTES).put((byte) (balancing ? 1 : 0)).flip();
    };
  }

  /** Reads the body of a command with one of these type numbers. */
  static PlacementCommand decode(byte type, ByteBuffer in) {
    return switch (type) {
      case FOUND -> new Found(PlacementWire.readPlacement(in));
      case REGISTER_NODE -> new RegisterNode(PlacementWire.readEndpoint(in), Wire.readString(in));
      case ADD_NODE -> new AddNode(PlacementWire.readEndpoint(in));
      case REMOVE_NODE -> new RemoveNode(PlacementWire.readNode(in));
      case SET_REPLICAS ->
          new SetReplicas(
              PlacementWire.readGroup(in), PlacementWire.readIds(in), PlacementWire.readIds(in));
      case SET_DUTY -> new SetDuty(PlacementWire.readNode(in), PlacementWire.readDuty(in));
      case SET_BALANCING -> new SetBalancing(Wire.readFlag(in));
      default ->
          throw new UnknownCommandException("metadata command type", type, "1 to " + SET_BALANCING);
    };
  }
}
