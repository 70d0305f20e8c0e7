package dev.funes.raft;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import dev.funes.cluster.NodeEndpoint;
import dev.funes.cluster.NodeId;
import dev.funes.cluster.RaftGroupId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.ratis.proto.RaftProtos.RaftGroupIdProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.RoleInfoProto;
import org.apache.ratis.proto.RaftProtos.ServerRpcProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionRequestProto;
import org.apache.ratis.proto.RaftProtos.TermIndexProto;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientAsynchronousProtocol;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.SetConfigurationRequest;
import org.apache.ratis.protocol.SnapshotManagementRequest;
import org.apache.ratis.protocol.TransferLeadershipRequest;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftConfiguration;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.RaftServerProtocol;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.segmented.CachedEntries;
import org.apache.ratis.util.LifeCycle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One raft group as it runs on this node. Any thread. */
final class LocalRaftGroup implements LeaderBalancer.Movable {

  private static final Logger LOG = LoggerFactory.getLogger(LocalRaftGroup.class);
  private static final long CHECKPOINT_MILLIS_MAX = 60_000;

  /** A new voter takes over what the others have before it is one, maybe gigabytes. */
  private static final int VOTERS_MILLIS_MAX = 30 * 60_000;

  private final RaftGroupId id;
  private final RaftServer server;
  private final RaftServer.Division division;
  private final StateMachineAdapter adapter;
  private final RaftClientAsynchronousProtocol requests;
  private final ClientId client;
  private final AtomicLong calls = new AtomicLong();
  private final int proposalMillisMax;
  private final Backlogs backlogs;
  private volatile boolean left;

  LocalRaftGroup(
      RaftGroupId id,
      RaftServer server,
      RaftServer.Division division,
      ClientId client,
      int proposalMillisMax,
      Backlogs backlogs) {
    this.id = id;
    this.server = server;
    this.division = division;
    this.adapter = (StateMachineAdapter) division.getStateMachine();
    // By the server the request would be handed to another thread, and the caller would wait for
    // it; the division itself takes it on the caller's thread.
    this.requests = (RaftClientAsynchronousProtocol) division;
    this.client = client;
    this.proposalMillisMax = proposalMillisMax;
    this.backlogs = backlogs;
  }

  RaftGroupId id() {
    return id;
  }

  /** The leader said that this node is not a voter any more. */
  boolean hasLeft() {
    return left;
  }

  void leave() {
    left = true;
  }

  CompletableFuture<Submission> submit(ByteBuffer command) {
    int bytes = command.remaining();
    if (bytes > RaftSettings.COMMAND_BYTES_MAX) {
      return CompletableFuture.completedFuture(
          new Submission.Refused(
              "command of "
                  + bytes
                  + " bytes is above the limit of "
                  + RaftSettings.COMMAND_BYTES_MAX));
    }
    Proposal proposal = new Proposal(command);
    CompletableFuture<Submission> result = new CompletableFuture<>();
    try {
      var _ =
          requests
              .submitClientRequestAsync(request(proposal, RaftClientRequest.writeRequestType()))
              .whenComplete(
                  (reply, failure) ->
                      result.complete(Submissions.of(proposal, reply, failure, leader())));
    } catch (IOException | RuntimeException e) {
      result.complete(Submissions.of(proposal, null, e, leader()));
    }
    // Ratis has no limit of its own: without a quorum the answer may never come.
    return result.completeOnTimeout(
        new Submission.Unknown("not committed within " + proposalMillisMax + " ms"),
        proposalMillisMax,
        MILLISECONDS);
  }

  CompletableFuture<Void> readBarrier() {
    // A leader that has not committed in its term yet does not know what is committed. With peers
    // Ratis waits for that itself, but a raft group of one it answers at once.
    if (info().isLeader() && !info().isLeaderReady()) {
      return CompletableFuture.failedFuture(
          new RaftUnavailableException("raft group " + id + ": the leader is not ready yet"));
    }
    CompletableFuture<Void> result = new CompletableFuture<>();
    try {
      var _ =
          requests
              .submitClientRequestAsync(request(Message.EMPTY, RaftClientRequest.readRequestType()))
              .whenComplete((reply, failure) -> finish(result, "read", reply, failure));
    } catch (IOException | RuntimeException e) {
      finish(result, "read", null, e);
    }
    return timed(result, "read", proposalMillisMax);
  }

  /** Fails also when the other replica has much to apply yet, or does not say. */
  @Override
  public CompletableFuture<Void> transferLeadership(NodeId to, int millisMax) {
    return demandShortBacklog(to).thenCompose(_ -> transferNow(to, millisMax));
  }

  /** Fails when a replica has much to apply yet, and when it does not answer. */
  CompletableFuture<Void> demandShortBacklog(NodeId node) {
    return backlogs.demandShort(node, id, division.getRaftLog().getLastCommittedIndex());
  }

  private CompletableFuture<Void> transferNow(NodeId to, int millisMax) {
    CompletableFuture<Void> result = new CompletableFuture<>();
    try {
      var _ =
          server
              .transferLeadershipAsync(
                  new TransferLeadershipRequest(
                      client,
                      server.getId(),
                      division.getMemberId().getGroupId(),
                      calls.incrementAndGet(),
                      RatisIds.peerId(to),
                      millisMax))
              .whenComplete((reply, failure) -> finish(result, "transfer", reply, failure));
    } catch (IOException | RuntimeException e) {
      finish(result, "transfer", null, e);
    }
    return timed(result, "transfer", 2 * millisMax);
  }

  RaftVoters voters() {
    RaftConfiguration configuration = division.getRaftConf();
    List<NodeId> nodes = new ArrayList<>();
    configuration
        .getCurrentPeers()
        .forEach(peer -> nodes.add(RatisIds.node(peer.getId().toString())));
    Collection<RaftPeer> leaving = configuration.getPreviousPeers();
    leaving.forEach(peer -> nodes.add(RatisIds.node(peer.getId().toString())));
    return new RaftVoters(
        nodes,
        !nodes.isEmpty()
            && leaving.isEmpty()
            && configuration.getLogEntryIndex() <= division.getRaftLog().getLastCommittedIndex());
  }

  CompletableFuture<Void> addVoter(NodeEndpoint node) {
    List<RaftPeer> current = List.copyOf(division.getRaftConf().getCurrentPeers());
    List<RaftPeer> next = new ArrayList<>(current);
    next.removeIf(peer -> peer.getId().equals(RatisIds.peerId(node.id())));
    next.add(RatisIds.peer(node));
    return changeVoters(current, next);
  }

  CompletableFuture<Void> removeVoter(NodeId node) {
    List<RaftPeer> current = List.copyOf(division.getRaftConf().getCurrentPeers());
    List<RaftPeer> next = new ArrayList<>(current);
    next.removeIf(peer -> peer.getId().equals(RatisIds.peerId(node)));
    return changeVoters(current, next);
  }

  private CompletableFuture<Void> changeVoters(List<RaftPeer> current, List<RaftPeer> next) {
    CompletableFuture<Void> result = new CompletableFuture<>();
    try {
      var _ =
          server
              .setConfigurationAsync(
                  new SetConfigurationRequest(
                      client,
                      server.getId(),
                      division.getMemberId().getGroupId(),
                      calls.incrementAndGet(),
                      SetConfigurationRequest.Arguments.newBuilder()
                          .setMode(SetConfigurationRequest.Mode.COMPARE_AND_SET)
                          .setServersInCurrentConf(current)
                          .setServersInNewConf(next)
                          .build()))
              .whenComplete((reply, failure) -> finish(result, "change of voters", reply, failure));
    } catch (IOException | RuntimeException e) {
      finish(result, "change of voters", null, e);
    }
    return timed(result, "change of voters", VOTERS_MILLIS_MAX);
  }

  /**
   * Has this replica ask for the lead without first asking whether the others miss their leader,
   * who must surely be gone. Ratis offers this to a leader that hands over its lead, so the request
   * is made in its name.
   *
   * @return false when this replica knows another leader, or is none that may ask
   */
  boolean startElection(NodeId gone) {
    TermIndex last = lastEntry();
    if (last == null) {
      return false;
    }
    StartLeaderElectionRequestProto request =
        StartLeaderElectionRequestProto.newBuilder()
            .setServerRequest(
                RaftRpcRequestProto.newBuilder()
                    .setRequestorId(RatisIds.peerId(gone).toByteString())
                    .setReplyId(server.getId().toByteString())
                    .setRaftGroupId(
                        RaftGroupIdProto.newBuilder()
                            .setId(division.getMemberId().getGroupId().toByteString()))
                    .setCallId(calls.incrementAndGet()))
            // The lead may be asked for by who has what its leader had, as far as can be known.
            .setLeaderLastEntry(
                TermIndexProto.newBuilder().setTerm(last.getTerm()).setIndex(last.getIndex()))
            .build();
    try {
      return ((RaftServerProtocol) division)
          .startLeaderElection(request)
          .getServerReply()
          .getSuccess();
    } catch (IOException | RuntimeException e) {
      LOG.debug("raft group {}: no election", id, e);
      return false;
    }
  }

  /** Has a checkpoint begun when one is due, then looks what of the Raft log may go. */
  CompletableFuture<Void> triggerCheckpoint() {
    // The only way onto the apply thread while it has nothing to apply. A gap of one entry, so
    // that the apply thread of an idle raft group is left alone; its Raft log may be purged even
    // so.
    return server
        .snapshotManagementAsync(
            SnapshotManagementRequest.newCreate(
                client,
                server.getId(),
                division.getMemberId().getGroupId(),
                calls.incrementAndGet(),
                CHECKPOINT_MILLIS_MAX,
                1))
        .handle(
            (_, failure) -> {
              if (failure != null) {
                LOG.debug("raft group {}: no checkpoint", id, failure);
              }
              adapter.findPurgeable();
              return null;
            });
  }

  /** How many files of the Raft log may go. */
  int purgeableFiles() {
    return adapter.purgeableFiles();
  }

  /** Deletes that many of them. */
  void purge(int files) {
    adapter.purge(files);
  }

  @Nullable NodeId leader() {
    return RatisIds.node(info().getLeaderId());
  }

  boolean isLeaderReady() {
    DivisionInfo info = info();
    return info.isLeader() && info.isLeaderReady();
  }

  /** How many complete files of the Raft log are in memory. */
  long cachedFiles() {
    return CachedEntries.files(division.getRaftLog());
  }

  LifeCycle.State lifeCycle() {
    return info().getLifeCycleState();
  }

  @Override
  public RaftGroupStatus status() {
    DivisionInfo info = info();
    TermIndex last = lastEntry();
    return new RaftGroupStatus(
        id,
        info.getCurrentTerm(),
        last == null ? division.getRaftLog().getSnapshotIndex() : last.getIndex(),
        division.getRaftLog().getLastCommittedIndex(),
        info.getLastAppliedIndex(),
        leader(),
        isLeaderReady(),
        followers(info));
  }

  /** Null also when the raft group stops just now. */
  private @Nullable TermIndex lastEntry() {
    try {
      return division.getRaftLog().getLastEntryTermIndex();
    } catch (IllegalStateException e) {
      LOG.debug("raft group {}: its log is closed", id, e);
      return null;
    }
  }

  private static List<RaftGroupStatus.Follower> followers(DivisionInfo info) {
    long[] matchIndices = info.getFollowerMatchIndices();
    RoleInfoProto role = info.getRoleInfoProto();
    // Both lists are in the order of the leader's appenders; a change of role between the two
    // calls shows as a different length.
    if (matchIndices == null
        || !role.hasLeaderInfo()
        || role.getLeaderInfo().getFollowerInfoCount() != matchIndices.length) {
      return List.of();
    }
    List<RaftGroupStatus.Follower> followers = new ArrayList<>();
    for (int i = 0; i < matchIndices.length; i++) {
      ServerRpcProto follower = role.getLeaderInfo().getFollowerInfo(i);
      followers.add(
          new RaftGroupStatus.Follower(
              RatisIds.node(follower.getId().getId().toStringUtf8()),
              matchIndices[i],
              follower.getLastRpcElapsedTimeMs()));
    }
    return followers;
  }

  private DivisionInfo info() {
    return division.getInfo();
  }

  private RaftClientRequest request(Message message, RaftClientRequest.Type type) {
    return RaftClientRequest.newBuilder()
        .setClientId(client)
        .setServerId(server.getId())
        .setGroupId(division.getMemberId().getGroupId())
        // Never the same twice: Ratis would take the second for a retry of the first.
        .setCallId(calls.incrementAndGet())
        .setMessage(message)
        .setType(type)
        .build();
  }

  private void finish(
      CompletableFuture<Void> result,
      String what,
      @Nullable RaftClientReply reply,
      @Nullable Throwable failure) {
    if (reply != null && reply.isSuccess()) {
      result.complete(null);
      return;
    }
    Throwable cause = failure != null ? Submissions.unwrapped(failure) : null;
    if (cause == null && reply != null) {
      cause = reply.getException();
    }
    String message = "raft group " + id + ": " + what + " failed: " + Submissions.text(cause);
    result.completeExceptionally(
        cause == null
            ? new RaftUnavailableException(message)
            : new RaftUnavailableException(message, cause));
  }

  private CompletableFuture<Void> timed(CompletableFuture<Void> result, String what, int millis) {
    return result
        .orTimeout(millis, MILLISECONDS)
        .exceptionallyCompose(
            failure ->
                CompletableFuture.failedFuture(
                    failure instanceof TimeoutException
                        ? new RaftUnavailableException(
                            "raft group " + id + ": " + what + " took more than " + millis + " ms")
                        : failure));
  }
}
