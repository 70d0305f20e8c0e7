package dev.funes.raft;

import dev.funes.cluster.NodeId;
import dev.funes.cluster.Placement;
import dev.funes.cluster.RaftGroupId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** All raft groups of this node. */
@SuppressWarnings("DoNotCallSuggester") // the bodies follow
public final class RaftNode implements AutoCloseable {

  private RaftNode() {}

  public static RaftNode start(
      RaftSettings settings,
      NodeId self,
      Placement placement,
      Function<RaftGroupId, RaftGroupState> states,
      FatalHandler fatal)
      throws IOException {
    throw new UnsupportedOperationException("body follows");
  }

  public CompletableFuture<Submission> submit(RaftGroupId group, ByteBuffer command) {
    throw new UnsupportedOperationException("body follows");
  }

  public @Nullable NodeId leader(RaftGroupId group) {
    throw new UnsupportedOperationException("body follows");
  }

  public boolean isLeaderReady(RaftGroupId group) {
    throw new UnsupportedOperationException("body follows");
  }

  /** Fails with {@link RaftUnavailableException}. */
  public CompletableFuture<Void> readBarrier(RaftGroupId group) {
    throw new UnsupportedOperationException("body follows");
  }

  public RaftGroupStatus status(RaftGroupId group) {
    throw new UnsupportedOperationException("body follows");
  }

  /** Fails with {@link RaftUnavailableException}. */
  public CompletableFuture<Void> transferLeadership(RaftGroupId group, NodeId to) {
    throw new UnsupportedOperationException("body follows");
  }

  public void triggerCheckpoint(RaftGroupId group) {
    throw new UnsupportedOperationException("body follows");
  }

  @Override
  public void close() {}
}
