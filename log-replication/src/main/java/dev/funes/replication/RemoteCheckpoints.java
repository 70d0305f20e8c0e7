package dev.funes.replication;

import dev.funes.cluster.NodeId;
import dev.funes.cluster.RaftGroupId;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The checkpoints of the other nodes. Calls block, and end soon when their thread is interrupted.
 */
public interface RemoteCheckpoints {

  /** Takes the bytes of a file as they come; what it throws ends the reading. */
  @FunctionalInterface
  interface Sink {
    void accept(ByteBuffer bytes) throws IOException;
  }

  /**
   * The newest checkpoint of a raft group on another node, which keeps it for a while; null when it
   * has none.
   */
  @Nullable CheckpointListing describe(NodeId node, RaftGroupId group) throws IOException;

  /**
   * Reads a file of a checkpoint from a position to its end.
   *
   * @param index of the checkpoint
   * @throws IOException also when the node does not keep that checkpoint any more
   */
  void read(NodeId node, RaftGroupId group, long index, String name, long position, Sink sink)
      throws IOException;
}
