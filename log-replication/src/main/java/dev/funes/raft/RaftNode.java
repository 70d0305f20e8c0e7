package dev.funes.raft;

import dev.funes.cluster.NodeEndpoint;
import dev.funes.cluster.NodeId;
import dev.funes.cluster.Placement;
import dev.funes.cluster.RaftGroupId;
import dev.funes.raft.entries.EntryListener;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.GroupManagementRequest;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.server.RaftServer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All raft groups of this node. They come and go while the node runs. Methods may be called on any
 * thread.
 */
public final class RaftNode implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(RaftNode.class);
  private static final int TRANSFER_MILLIS_MAX = 5_000;
  private static final int REMOVAL_MILLIS_MAX = 60_000;

  private final RaftServer server;
  private final RaftSettings settings;
  private final NodeEndpoint endpoint;
  private final Supplier<Placement> placements;
  private final String clusterId;
  private final FatalHandler fatal;
  private final Consumer<RaftGroupId> onLeft;
  private final ClientId client = ClientId.randomId();
  private final Map<org.apache.ratis.protocol.RaftGroupId, StateMachineAdapter> adapters;
  private final Map<RaftGroupId, LocalRaftGroup> groups = new ConcurrentSkipListMap<>();
  private final Backlogs backlogs = new Backlogs();
  private final RaftWatch watch;
  private final LeaderLoss leaderLoss;
  private final EntryListener entries;

  private RaftNode(
      RaftServer server,
      RaftSettings settings,
      NodeEndpoint endpoint,
      Supplier<Placement> placements,
      FatalHandler fatal,
      Consumer<RaftGroupId> onLeft,
      Map<org.apache.ratis.protocol.RaftGroupId, StateMachineAdapter> adapters,
      LeaderLoss leaderLoss,
      EntryListener entries) {
    this.server = server;
    this.settings = settings;
    this.endpoint = endpoint;
    this.placements = placements;
    this.clusterId = placements.get().clusterId();
    this.fatal = fatal;
    this.onLeft = onLeft;
    this.adapters = adapters;
    this.leaderLoss = leaderLoss;
    this.entries = entries;
    this.watch = RaftWatch.start(server, groups, settings, endpoint.id(), placements, fatal);
    leaderLoss.watch(groups.values());
  }

  /**
   * Listens for the other nodes, with no raft group yet.
   *
   * @param endpoint this node, and where it is reached
   * @param placements the placement of now; its cluster never changes
   * @param fatal told of everything after which this node must not go on
   * @param onLeft told of a raft group whose leader says that this node is none of its voters any
   *     more; it has stopped here then. On any thread, must be quick
   * @throws IOException when a directory cannot be made or the port cannot be listened on
   */
  public static RaftNode start(
      RaftSettings settings,
      NodeEndpoint endpoint,
      Supplier<Placement> placements,
      FatalHandler fatal,
      Consumer<RaftGroupId> onLeft)
      throws IOException {
    RaftServer server = null;
    EntryListener entries = null;
    boolean started = false;
    try {
      Files.createDirectories(settings.directory());
      LeaderLoss leaderLoss = new LeaderLoss(endpoint.id(), placements);
      Map<org.apache.ratis.protocol.RaftGroupId, StateMachineAdapter> adapters =
          new ConcurrentHashMap<>();
      entries =
          EntryListener.start(
              endpoint.host(), settings.entriesPort(), RatisSettings.MESSAGE_BYTES_MAX);
      boolean hasPeers = placements.get().nodes().size() > 1;
      server =
          RatisServer.build(
              RatisSettings.properties(settings, endpoint, hasPeers),
              settings,
              endpoint.id(),
              adapters,
              leaderLoss,
              entries);
      server.start();
      RaftNode node =
          new RaftNode(
              server, settings, endpoint, placements, fatal, onLeft, adapters, leaderLoss, entries);
      started = true;
      return node;
    } catch (IOException | RuntimeException e) {
      throw RatisServer.cannotStart(settings, endpoint, "its raft groups", e);
    } finally {
      if (!started) {
        RatisServer.close(server);
        RatisServer.close(entries);
      }
    }
  }

  /**
   * Starts a raft group here. What its directory has of it is used; a torn tail of its Raft log is
   * cut. What becomes of the state is decided here from now on: it is closed when the raft group
   * stops, and when it cannot be started.
   *
   * @param state stands at its {@link RaftGroupState#latestCheckpoint}
   * @param founders the voters of a raft group that is new in the whole cluster, this node among
   *     them; empty for one that has voters: it then waits until they add this node. Not looked at
   *     when the directory knows the voters
   * @return done when it runs; fails with an {@link IOException}
   * @throws CorruptRaftLogException when its directory is damaged; the state is closed
   */
  public CompletableFuture<Void> addRaftGroup(
      RaftGroupId id, RaftGroupState state, List<NodeEndpoint> founders) throws IOException {
    RaftGroupDirectory directory = directory(id);
    AppliedMark applied = new AppliedMark(directory.path());
    StateMachineAdapter adapter =
        new StateMachineAdapter(id, state, applied, fatal, () -> left(id));
    org.apache.ratis.protocol.RaftGroupId ratisId = RatisIds.groupId(clusterId, id);
    boolean begun = false;
    try {
      directory.repair(state.latestCheckpoint().index(), state.isCheckpointCopied());
      if (adapters.putIfAbsent(ratisId, adapter) != null) {
        throw new IllegalStateException("raft group " + id + " is on this node already");
      }
      RaftGroup group = RaftGroup.valueOf(ratisId, founders.stream().map(RatisIds::peer).toList());
      CompletableFuture<Void> added =
          server
              .groupManagementAsync(
                  GroupManagementRequest.newAdd(
                      client, server.getId(), id.value(), group, !directory.exists()))
              .thenAccept(reply -> added(id, ratisId, reply))
              .exceptionallyCompose(failure -> notAdded(id, ratisId, adapter, failure));
      begun = true;
      return added;
    } finally {
      if (!begun) {
        adapters.remove(ratisId, adapter);
        close(id, adapter);
      }
    }
  }

  private void added(
      RaftGroupId id, org.apache.ratis.protocol.RaftGroupId ratisId, RaftClientReply reply) {
    if (!reply.isSuccess()) {
      throw new CompletionException(reply.getException());
    }
    try {
      groups.put(
          id,
          new LocalRaftGroup(
              id,
              server,
              server.getDivision(ratisId),
              client,
              settings.proposalMillisMax(),
              backlogs));
    } catch (IOException e) {
      throw new CompletionException(e);
    }
  }

  private void left(RaftGroupId id) {
    LocalRaftGroup local = groups.get(id);
    if (local != null) {
      local.leave();
    }
    onLeft.accept(id);
  }

  private CompletableFuture<Void> notAdded(
      RaftGroupId id,
      org.apache.ratis.protocol.RaftGroupId ratisId,
      StateMachineAdapter adapter,
      Throwable failure) {
    adapters.remove(ratisId, adapter);
    close(id, adapter);
    return CompletableFuture.failedFuture(
        RatisServer.cannotStart(settings, endpoint, "raft group " + id, failure));
  }

  /**
   * Stops a raft group here and closes its state; nothing when it is not here. Its files stay.
   *
   * @throws IOException when it does not stop
   */
  public void removeRaftGroup(RaftGroupId id) throws IOException {
    org.apache.ratis.protocol.RaftGroupId ratisId = RatisIds.groupId(clusterId, id);
    groups.remove(id);
    StateMachineAdapter adapter = adapters.remove(ratisId);
    if (adapter == null) {
      return;
    }
    try {
      RaftClientReply reply =
          server
              .groupManagementAsync(
                  GroupManagementRequest.newRemove(
                      client, server.getId(), id.value(), ratisId, false, false))
              .orTimeout(REMOVAL_MILLIS_MAX, TimeUnit.MILLISECONDS)
              .join();
      if (!reply.isSuccess()) {
        throw new IOException("raft group " + id + " does not stop", reply.getException());
      }
    } catch (CompletionException e) {
      throw new IOException("raft group " + id + " does not stop", Submissions.unwrapped(e));
    } finally {
      close(id, adapter);
    }
  }

  /** Where the files of a raft group are, whether it is here or not. */
  public RaftGroupDirectory directory(RaftGroupId id) {
    return RaftGroupDirectory.of(settings, clusterId, id);
  }

  /**
   * The voters as the log of this node has them, maybe not committed yet; empty while a new replica
   * waits to be added, and when the raft group is not here.
   */
  public RaftVoters voters(RaftGroupId id) {
    LocalRaftGroup local = groups.get(id);
    return local == null ? RaftVoters.NONE : local.voters();
  }

  /**
   * How to ask the others. Before it is called, the lead may go to a replica that has much to
   * apply.
   */
  public void askAppliedIndexes(AppliedIndexes others) {
    backlogs.ask(others);
  }

  /**
   * Fails with {@link ReplicaBehindException} when a node that is a replica of a raft group, which
   * this node leads, has much to apply yet, so that it could not lead soon, and with {@link
   * RaftUnavailableException} when it does not answer.
   */
  public CompletableFuture<Void> demandShortBacklog(RaftGroupId id, NodeId node) {
    return local(id).demandShortBacklog(node);
  }

  /**
   * Adds a voter to a raft group that this node leads, if nobody has changed the voters meanwhile.
   * It is first given what the others have, however long that takes; it is given up when it is
   * silent for a while. Fails with {@link RaftUnavailableException}; what the voters are is then to
   * be looked up.
   */
  public CompletableFuture<Void> addVoter(RaftGroupId id, NodeEndpoint node) {
    return local(id).addVoter(node);
  }

  /** As {@link #addVoter}. This node must not remove itself: it gives the lead away before. */
  public CompletableFuture<Void> removeVoter(RaftGroupId id, NodeId node) {
    return local(id).removeVoter(node);
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

  /** How many complete files of the Raft log are in memory. */
  long cachedFiles(RaftGroupId group) {
    return local(group).cachedFiles();
  }

  /** Raft groups with a replica on this node, the metadata raft group first. */
  public List<RaftGroupId> raftGroups() {
    return List.copyOf(groups.keySet());
  }

  /**
   * Gives the lead, which this node must have, to another replica that has kept up, also in what it
   * has applied. Fails with {@link RaftUnavailableException}; who leads is then to be looked up.
   */
  public CompletableFuture<Void> transferLeadership(RaftGroupId group, NodeId to) {
    return local(group).transferLeadership(to, TRANSFER_MILLIS_MAX);
  }

  /**
   * Gives all leads of this node to replicas that have kept up, before it is closed; it goes on as
   * their follower. Returns within a second or so; what it could not give away it leads on.
   */
  public void handOverLeads() {
    LeadHandover.run(endpoint.id(), placements.get(), groups.values());
  }

  /**
   * Has {@link RaftGroupState#takeCheckpoint} called soon, if anything was applied meanwhile, and
   * then looks what of the Raft log {@link RaftGroupState#purgeBound} lets go; done when that is
   * known. The files go one by one in the seconds after. Does nothing when the raft group is not
   * here.
   */
  public CompletableFuture<Void> triggerCheckpoint(RaftGroupId group) {
    LocalRaftGroup local = groups.get(group);
    return local == null ? CompletableFuture.completedFuture(null) : local.triggerCheckpoint();
  }

  /**
   * Stops all raft groups and closes their states. Commands that are on their way end as {@link
   * Submission.NotLeader} or {@link Submission.Unknown}.
   */
  @Override
  public void close() {
    watch.close();
    leaderLoss.close();
    RatisServer.close(server);
    RatisServer.close(entries);
    // Ratis closes a state when its raft group stops, but not one that never began.
    adapters.values().forEach(adapter -> close(adapter.group(), adapter));
  }

  private LocalRaftGroup local(RaftGroupId group) {
    LocalRaftGroup local = groups.get(group);
    if (local == null) {
      throw new IllegalArgumentException("raft group " + group + " has no replica on this node");
    }
    return local;
  }

  private static void close(RaftGroupId group, StateMachineAdapter adapter) {
    try {
      adapter.close();
    } catch (IOException | RuntimeException e) {
      LOG.warn("state of raft group {} did not close well", group, e);
    }
  }
}
