package dev.funes.raft;

import dev.funes.cluster.NodeEndpoint;
import dev.funes.cluster.NodeId;
import dev.funes.cluster.Placement;
import dev.funes.cluster.RaftGroupId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.GroupManagementRequest;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.util.ExitUtils;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All raft groups of this node: the metadata raft group and the data raft groups that the placement
 * puts here. Methods may be called on any thread.
 */
public final class RaftNode implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(RaftNode.class);
  private static final int TRANSFER_MILLIS_MAX = 5_000;

  private final RaftServer server;
  private final Map<RaftGroupId, StateMachineAdapter> adapters;
  private final Map<RaftGroupId, LocalRaftGroup> groups;
  private final RaftWatch watch;
  private final LeaderLoss leaderLoss;

  private RaftNode(
      RaftServer server,
      Map<RaftGroupId, StateMachineAdapter> adapters,
      Map<RaftGroupId, LocalRaftGroup> groups,
      RaftWatch watch,
      LeaderLoss leaderLoss) {
    this.server = server;
    this.adapters = adapters;
    this.groups = groups;
    this.watch = watch;
    this.leaderLoss = leaderLoss;
  }

  /**
   * Starts the raft groups that have a replica here; directories that are not there yet are made. A
   * torn tail of a Raft log is cut, any other damage is refused.
   *
   * @param endpoint this node, and where it is reached
   * @param ids its raft groups
   * @param placements the placement of now; its cluster and its number of raft groups never change
   * @param states called once for each raft group of this node; the state must stand at its {@link
   *     RaftGroupState#latestCheckpoint}
   * @param fatal told of everything after which this node must not go on
   * @throws IOException when a directory cannot be read or written, a Raft log is damaged, or the
   *     port cannot be listened on; nothing is left running then, and the states are closed
   */
  public static RaftNode start(
      RaftSettings settings,
      NodeEndpoint endpoint,
      Collection<RaftGroupId> ids,
      Supplier<Placement> placements,
      Function<RaftGroupId, RaftGroupState> states,
      FatalHandler fatal)
      throws IOException {
    NodeId self = endpoint.id();
    Placement placement = placements.get();
    Files.createDirectories(settings.directory());
    Map<RaftGroupId, StateMachineAdapter> adapters = new TreeMap<>();
    RaftServer server = null;
    boolean started = false;
    boolean hasPeers = false;
    try {
      for (RaftGroupId group : ids) {
        hasPeers |= placement.replicas(group).size() > 1;
        RaftGroupState state = states.apply(group);
        adapters.put(group, new StateMachineAdapter(group, state, fatal));
        Path directory = directory(settings, placement, group);
        RaftLogTail.repair(directory, state.latestCheckpoint().index());
      }
      RaftProperties properties = RatisSettings.properties(settings, endpoint, hasPeers);
      LeaderLoss leaderLoss = new LeaderLoss(self, placements);
      server = build(properties, settings, self, placement, adapters, leaderLoss);
      server.start();
      ClientId client = ClientId.randomId();
      Map<RaftGroupId, LocalRaftGroup> groups = new TreeMap<>();
      add(server, client, settings, placement, adapters.keySet());
      for (RaftGroupId group : adapters.keySet()) {
        groups.put(
            group,
            new LocalRaftGroup(
                group,
                server,
                server.getDivision(RatisIds.groupId(placement, group)),
                client,
                settings.proposalMillisMax()));
      }
      RaftWatch watch = RaftWatch.start(server, groups, settings, self, placements, fatal);
      leaderLoss.watch(groups.values());
      started = true;
      return new RaftNode(server, adapters, groups, watch, leaderLoss);
    } catch (IOException | RuntimeException e) {
      Throwable cause = Submissions.unwrapped(e);
      throw new IOException(
          "node "
              + self
              + " cannot start its raft groups on "
              + endpoint.raftAddress()
              + " with "
              + settings.directory()
              + ": "
              + rootMessage(cause),
          cause);
    } finally {
      if (!started) {
        close(server, adapters);
      }
    }
  }

  /**
   * Puts a command into the log of a raft group, on the caller's thread: commands that one thread
   * submits are in the log in the order of its calls. The future never fails, and is completed on
   * the apply thread, so what depends on it must be quick and must not block.
   *
   * @param command at most {@link RaftSettings#COMMAND_BYTES_MAX}; not copied, so it must not
   *     change until the future is completed, and not afterwards when the outcome is unknown
   */
  public CompletableFuture<Submission> submit(RaftGroupId group, ByteBuffer command) {
    LocalRaftGroup local = groups.get(group);
    return local == null
        ? CompletableFuture.completedFuture(new Submission.NotLeader(null, false))
        : local.submit(command);
  }

  /** Who leads the raft group, as far as this node knows; null also when it has no replica here. */
  public @Nullable NodeId leader(RaftGroupId group) {
    LocalRaftGroup local = groups.get(group);
    return local == null ? null : local.leader();
  }

  /** True when this node leads the raft group and has applied everything of the terms before. */
  public boolean isLeaderReady(RaftGroupId group) {
    LocalRaftGroup local = groups.get(group);
    return local != null && local.isLeaderReady();
  }

  /**
   * Completed when everything that was committed before the call is applied here. A majority has
   * then confirmed the leader; no clock is trusted. Fails with {@link RaftUnavailableException}.
   */
  public CompletableFuture<Void> readBarrier(RaftGroupId group) {
    LocalRaftGroup local = groups.get(group);
    return local == null
        ? CompletableFuture.failedFuture(
            new RaftUnavailableException("raft group " + group + " has no replica on this node"))
        : local.readBarrier();
  }

  /**
   * The raft group as this node sees it.
   *
   * @throws IllegalArgumentException when the raft group has no replica here
   */
  public RaftGroupStatus status(RaftGroupId group) {
    return local(group).status();
  }

  /** Raft groups with a replica on this node, the metadata raft group first. */
  public List<RaftGroupId> raftGroups() {
    return List.copyOf(groups.keySet());
  }

  /**
   * Gives the lead, which this node must have, to another replica that has kept up. Fails with
   * {@link RaftUnavailableException}; who leads is then to be looked up.
   */
  public CompletableFuture<Void> transferLeadership(RaftGroupId group, NodeId to) {
    return local(group).transferLeadership(to, TRANSFER_MILLIS_MAX);
  }

  /** Has {@link RaftGroupState#takeCheckpoint} called soon, if anything was applied meanwhile. */
  public void triggerCheckpoint(RaftGroupId group) {
    local(group).triggerCheckpoint();
  }

  /**
   * Stops all raft groups and closes their states. Commands that are on their way end as {@link
   * Submission.NotLeader} or {@link Submission.Unknown}.
   */
  @Override
  public void close() {
    watch.close();
    leaderLoss.close();
    close(server, adapters);
  }

  private LocalRaftGroup local(RaftGroupId group) {
    LocalRaftGroup local = groups.get(group);
    if (local == null) {
      throw new IllegalArgumentException("raft group " + group + " has no replica on this node");
    }
    return local;
  }

  private static Path directory(RaftSettings settings, Placement placement, RaftGroupId group) {
    return settings.directory().resolve(group.uuid(placement.clusterId()).toString());
  }

  private static RaftServer build(
      RaftProperties properties,
      RaftSettings settings,
      NodeId self,
      Placement placement,
      Map<RaftGroupId, StateMachineAdapter> adapters,
      LeaderLoss leaderLoss)
      throws IOException {
    Map<org.apache.ratis.protocol.RaftGroupId, StateMachineAdapter> byRatisId = new HashMap<>();
    adapters.forEach((id, adapter) -> byRatisId.put(RatisIds.groupId(placement, id), adapter));
    // While it is built, Ratis adds each raft group that it finds in its directory, but without
    // peers: one that had not yet written its configuration could then never elect a leader. So it
    // is shown an empty place first, and given the raft groups with their peers afterwards.
    RatisSettings.storageDirectory(properties, settings.directory().resolve("none"));
    // When its port is in use Ratis would call System.exit; so it throws, and we can say why.
    ExitUtils.disableSystemExit();
    Parameters parameters = new Parameters();
    GrpcConfigKeys.Server.setServicesCustomizer(
        parameters, new PeerConnections(leaderLoss::connectionEnded));
    RaftServer server =
        RaftServer.newBuilder()
            .setServerId(RatisIds.peerId(self))
            .setStateMachineRegistry(
                id -> {
                  StateMachineAdapter adapter = byRatisId.get(id);
                  if (adapter == null) {
                    throw new IllegalStateException("expected a raft group of ours, was " + id);
                  }
                  return adapter;
                })
            .setProperties(properties)
            .setParameters(parameters)
            .build();
    RatisSettings.storageDirectory(properties, settings.directory());
    return server;
  }

  private static void add(
      RaftServer server,
      ClientId client,
      RaftSettings settings,
      Placement placement,
      Iterable<RaftGroupId> ids)
      throws IOException {
    List<CompletableFuture<RaftClientReply>> replies = new ArrayList<>();
    for (RaftGroupId id : ids) {
      RaftGroup group = RatisIds.group(placement, id);
      boolean format = !Files.exists(directory(settings, placement, id));
      replies.add(
          server.groupManagementAsync(
              GroupManagementRequest.newAdd(client, server.getId(), id.value(), group, format)));
    }
    for (CompletableFuture<RaftClientReply> reply : replies) {
      RaftClientReply added = reply.join();
      if (!added.isSuccess()) {
        throw new CompletionException(added.getException());
      }
    }
  }

  private static void close(
      @Nullable RaftServer server, Map<RaftGroupId, StateMachineAdapter> adapters) {
    if (server != null) {
      try {
        server.close();
      } catch (IOException | RuntimeException e) {
        LOG.warn("raft groups did not close well", e);
      }
    }
    // Ratis closes a state when its raft group stops, but not one that never began.
    adapters.forEach(
        (group, adapter) -> {
          try {
            adapter.close();
          } catch (IOException | RuntimeException e) {
            LOG.warn("state of raft group {} did not close well", group, e);
          }
        });
  }

  private static String rootMessage(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return Submissions.text(root);
  }
}
