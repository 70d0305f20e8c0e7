package dev.funes.raft;

import dev.funes.cluster.NodeEndpoint;
import dev.funes.cluster.NodeId;
import dev.funes.raft.entries.EntryListener;
import java.io.Closeable;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.util.ExitUtils;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How a Ratis server is made and ended. */
final class RatisServer {

  private static final Logger LOG = LoggerFactory.getLogger(RatisServer.class);

  private RatisServer() {}

  static RaftServer build(
      RaftProperties properties,
      RaftSettings settings,
      NodeId self,
      Map<org.apache.ratis.protocol.RaftGroupId, StateMachineAdapter> adapters,
      LeaderLoss leaderLoss,
      EntryListener entries)
      throws IOException {
    // While it is built, Ratis adds each raft group that it finds in its directory, but without
    // peers: one that had not yet written its configuration could then never elect a leader. So it
    // is shown an empty place first, and given the raft groups with their peers afterwards.
    RatisSettings.storageDirectory(properties, settings.directory().resolve("none"));
    // When its port is in use Ratis would call System.exit; so it throws, and we can say why.
    ExitUtils.disableSystemExit();
    Parameters parameters = new Parameters();
    AtomicReference<@Nullable RaftServer> built = new AtomicReference<>();
    GrpcConfigKeys.Server.setServicesCustomizer(
        parameters,
        new PeerConnections(
            leaderLoss::connectionEnded, new EarlyCheckpoints(built::get), entries));
    RaftServer server =
        RaftServer.newBuilder()
            .setServerId(RatisIds.peerId(self))
            .setStateMachineRegistry(
                id -> {
                  StateMachineAdapter adapter = adapters.get(id);
                  if (adapter == null) {
                    throw new IllegalStateException("expected a raft group of ours, was " + id);
                  }
                  return adapter;
                })
            .setProperties(properties)
            .setParameters(parameters)
            .build();
    built.set(server);
    RatisSettings.storageDirectory(properties, settings.directory());
    return server;
  }

  static void close(@Nullable Closeable server) {
    if (server != null) {
      try {
        server.close();
      } catch (IOException | RuntimeException e) {
        LOG.warn("raft groups did not close well", e);
      }
    }
  }

  /** Names the node, where it listens and where its files are, and the first cause. */
  static IOException cannotStart(
      RaftSettings settings, NodeEndpoint endpoint, String what, Throwable failure) {
    Throwable cause = Submissions.unwrapped(failure);
    Throwable root = cause;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return new IOException(
        "node %s cannot start %s on %s with %s: %s"
            .formatted(
                endpoint.id(),
                what,
                endpoint.raftAddress(),
                settings.directory(),
                Submissions.text(root)),
        cause);
  }
}
