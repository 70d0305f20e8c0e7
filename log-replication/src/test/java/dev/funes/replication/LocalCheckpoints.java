package dev.funes.replication;

import dev.funes.cluster.NodeId;
import dev.funes.cluster.RaftGroupId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The checkpoints of replicas in the same JVM, with whatever a test does to them on the way. */
final class LocalCheckpoints implements RemoteCheckpoints {

  /** Told of each piece before it arrives; may change it, throw, or wait. */
  interface Way {
    ByteBuffer pass(NodeId from, String file, ByteBuffer bytes) throws IOException;
  }

  private static final int PIECE_BYTES = 10_000;

  private final Function<NodeId, @Nullable Replica> nodes;
  volatile Way way = (_, _, bytes) -> bytes;
  final List<String> reads = new CopyOnWriteArrayList<>();
  final List<RaftGroupId> described = new CopyOnWriteArrayList<>();

  LocalCheckpoints(Function<NodeId, @Nullable Replica> nodes) {
    this.nodes = nodes;
  }

  private Replica node(NodeId id) throws IOException {
    Replica replica = nodes.apply(id);
    if (replica == null) {
      throw new IOException("node " + id + " is down");
    }
    return replica;
  }

  @Override
  public @Nullable CheckpointListing describe(NodeId node, RaftGroupId group) throws IOException {
    described.add(group);
    return node(node).checkpoint(group);
  }

  @Override
  public void read(
      NodeId node, RaftGroupId group, long index, String name, long position, Sink sink)
      throws IOException {
    reads.add(group + " " + name + " from " + position);
    try (CheckpointReader reader = node(node).openCheckpoint(group, index, name, position)) {
      for (ByteBuffer bytes = reader.next(PIECE_BYTES);
          bytes != null;
          bytes = reader.next(PIECE_BYTES)) {
        sink.accept(way.pass(node, name, bytes));
      }
    }
  }
}
