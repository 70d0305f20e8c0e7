package dev.funes.raft;

import dev.funes.cluster.NodeId;
import dev.funes.cluster.RaftGroupId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RoleInfoProto;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftGroupMemberId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.server.raftlog.segmented.CachedEntries;
import org.apache.ratis.server.storage.FileInfo;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.SnapshotInfo;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;
import org.apache.ratis.util.LifeCycle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands what Ratis commits to a {@link RaftGroupState}. Apply runs on the updater thread of the
 * raft group; whatever it throws stops the node, because Ratis would only close the one raft group
 * and leave the process half alive.
 *
 * <p>The index at which apply restarts and the index up to which the Raft log may be purged are two
 * things here. Ratis takes the first from {@link #getLatestSnapshot} at start. The second it would
 * take from the result of {@link #takeSnapshot}, but it demands that this never goes below the
 * index it started from, while our purge bound does: it trails the checkpoint so that a node which
 * was away can catch up from the log. So takeSnapshot answers "none taken", and {@link
 * #findPurgeable} is called apart from it.
 */
final class StateMachineAdapter extends BaseStateMachine {

  private static final Logger LOG = LoggerFactory.getLogger(StateMachineAdapter.class);

  private final RaftGroupId group;
  private final RaftGroupState state;
  private final FatalHandler fatal;
  private final Runnable onLeft;
  private final AppliedMark applied;
  private final ReplayedEntries replayed = new ReplayedEntries(RaftSettings.SEGMENT_BYTES_MIN);
  private final AtomicBoolean closed = new AtomicBoolean();
  private final Object leadership = new Object();
  private boolean leading;
  private final Changeover changeover;
  // What Ratis asks for with every message; made anew only when the checkpoint is another one.
  private volatile @Nullable Checkpoint checkpoint;
  private volatile long purgeableTo = RaftLog.INVALID_LOG_INDEX; // none, or none that was looked up

  /**
   * @param applied is told of each entry; closed here
   * @param onLeft the leader says that this node is not a voter any more, so the raft group stops
   */
  StateMachineAdapter(
      RaftGroupId group,
      RaftGroupState state,
      AppliedMark applied,
      FatalHandler fatal,
      Runnable onLeft) {
    this.group = group;
    this.state = state;
    this.applied = applied;
    this.fatal = fatal;
    this.onLeft = onLeft;
    this.changeover = new Changeover(group);
    // Not above the checkpoint: Ratis applies again from there and insists on going forward.
    setLastAppliedTermIndex(termIndex(state.latestCheckpoint()));
  }

  RaftGroupId group() {
    return group;
  }

  @Override
  public void initialize(
      RaftServer server, org.apache.ratis.protocol.RaftGroupId groupId, RaftStorage storage)
      throws IOException {
    super.initialize(server, groupId, storage);
    replayed.begin(storage);
    getLifeCycle().transition(LifeCycle.State.STARTING);
    getLifeCycle().transition(LifeCycle.State.RUNNING);
  }

  /** Called under the lock of the raft group, just before the entry goes into the log. */
  @Override
  public TransactionContext preAppendTransaction(TransactionContext transaction) {
    if (transaction.getClientRequest().getMessage() instanceof Proposal proposal) {
      proposal.enterLog();
    }
    return transaction;
  }

  @Override
  public CompletableFuture<Message> applyTransaction(TransactionContext transaction) {
    LogEntryProto entry = transaction.getLogEntry();
    ByteBuffer reply;
    try {
      reply =
          state.apply(
              entry.getTerm(),
              entry.getIndex(),
              entry.getStateMachineLogEntry().getLogData().asReadOnlyByteBuffer());
      applied.advance(entry.getIndex());
    } catch (Throwable e) {
      throw stop("cannot apply index " + entry.getIndex(), e);
    }
    updateLastAppliedTermIndex(entry.getTerm(), entry.getIndex());
    if (replayed.isUnderWay()) {
      release(entry);
    }
    return CompletableFuture.completedFuture(
        Message.valueOf(UnsafeByteOperations.unsafeWrap(reply)));
  }

  private void release(LogEntryProto entry) {
    try {
      replayed.applied(raftLog(), entry.getIndex(), entry.getSerializedSize());
    } catch (IOException e) {
      LOG.debug("{} is being closed", where(), e);
    }
  }

  /** Called under the lock of the raft group, before what is replaced is written anew. */
  @Override
  public CompletableFuture<Void> truncate(long index) {
    replayed.truncated(index);
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public void notifyTermIndexUpdated(long term, long index) {
    try {
      state.advance(term, index);
      applied.advance(index);
    } catch (Throwable e) {
      throw stop("cannot step over index " + index, e);
    }
    updateLastAppliedTermIndex(term, index);
  }

  /** A read barrier: what it is about is over once Ratis asks. */
  @Override
  public CompletableFuture<Message> query(Message request) {
    return CompletableFuture.completedFuture(Message.EMPTY);
  }

  @Override
  public @Nullable SnapshotInfo getLatestSnapshot() {
    TermIndexed newest = state.latestCheckpoint();
    if (newest.isNone()) {
      return null;
    }
    Checkpoint known = checkpoint;
    if (known == null || known.termIndex().getIndex() != newest.index()) {
      known = new Checkpoint(termIndex(newest));
      checkpoint = known;
    }
    return known;
  }

  @Override
  public long takeSnapshot() {
    try {
      state.takeCheckpoint();
    } catch (Throwable e) {
      throw stop("cannot take a checkpoint", e);
    }
    return RaftLog.INVALID_LOG_INDEX;
  }

  /** Looks up to where nobody needs the Raft log any more. Any thread. */
  void findPurgeable() {
    TermIndexed bound = state.purgeBound();
    TermIndexed newest = state.latestCheckpoint();
    if (bound.index() > newest.index()) {
      throw stop(
          "cannot purge",
          new IllegalStateException(
              "expected a bound up to " + newest + ", the newest checkpoint, was " + bound));
    }
    purgeableTo = bound.index();
  }

  /** How many complete files of the Raft log nobody needs any more. Any thread. */
  int purgeableFiles() {
    return purgeable().size();
  }

  /** Has the Raft log delete the oldest of these files. Any one thread. */
  void purge(int files) {
    List<Long> ends = purgeable();
    if (files <= 0 || ends.isEmpty()) {
      return;
    }
    try {
      var _ = raftLog().purge(ends.get(Math.min(files, ends.size()) - 1));
    } catch (IOException | RuntimeException e) {
      LOG.debug("{}: no purge, it is being closed", where(), e);
    }
  }

  private List<Long> purgeable() {
    long to = purgeableTo;
    if (to == RaftLog.INVALID_LOG_INDEX) {
      return List.of();
    }
    try {
      List<Long> ends = CachedEntries.ends(raftLog(), to);
      if (ends.isEmpty()) {
        purgeableTo = RaftLog.INVALID_LOG_INDEX; // Asked ten times a second: nothing to look at.
      }
      return ends;
    } catch (IOException | RuntimeException e) {
      LOG.debug("{}: no purge, it is being closed", where(), e);
      return List.of();
    }
  }

  @Override
  public void notifyLeaderReady() {
    leads(true);
    // Leadership may have been lost, and told, while this call was on its way.
    try {
      if (!getServer().join().getDivision(getGroupId()).getInfo().isLeader()) {
        leads(false);
      }
    } catch (IOException e) {
      leads(false);
    }
  }

  @Override
  public void notifyNotLeader(Collection<TransactionContext> pending) {
    leads(false);
  }

  private void leads(boolean now) {
    synchronized (leadership) {
      if (leading != now) {
        leading = now;
        state.leadershipChanged(now);
      }
    }
  }

  /** After one failed write the log takes nothing any more, and as a follower it would not say. */
  @Override
  public void notifyLogFailed(Throwable cause, @Nullable LogEntryProto entry) {
    String at = entry == null ? "" : " at index " + entry.getIndex();
    fatal.fatal(where() + " cannot write its Raft log" + at + ": " + text(cause), cause);
  }

  /** Called when an election was refused with "you are no voter", and when the server closes. */
  @Override
  public void notifyServerShutdown(RoleInfoProto role, boolean allServer) {
    if (!allServer) {
      LOG.info("{}: this node is not a voter any more", where());
      onLeft.run();
    }
  }

  /** Null is Ratis' way to say that there is nothing to install. */
  @Override
  @SuppressWarnings("NullAway") // Ratis declares no nulls, but takes this one.
  public CompletableFuture<TermIndex> notifyInstallSnapshotFromLeader(
      RoleInfoProto role, TermIndex first) {
    if (reaches(first)) {
      return CompletableFuture.completedFuture(null);
    }
    NodeId leader =
        RatisIds.node(role.getFollowerInfo().getLeaderInfo().getId().getId().toStringUtf8());
    return state
        .fetchCheckpoint(leader, first.getIndex())
        .thenApply(
            fetched -> {
              if (fetched == null) {
                // As a failure Ratis asks anew, and takes entries until then.
                throw new CompletionException(
                    new IOException("node " + leader + " has no checkpoint that would help"));
              }
              changeover.awaited(getServer().join(), getGroupId(), first);
              return termIndex(fetched);
            });
  }

  @Override
  public void notifyLeaderChanged(RaftGroupMemberId self, RaftPeerId leader) {
    NodeId node = RatisIds.node(leader);
    if (node != null) {
      state.leaderChanged(node);
    }
  }

  /**
   * Whether the leader's Raft log, which begins there, has all that this one lacks: a new voter is
   * told where it begins even so, once. The first entry itself must be here, too. A leader that has
   * nothing before the entry that it would send next does not send it, but tells again.
   */
  private boolean reaches(TermIndex first) {
    if (first.getIndex() <= Math.max(0, getLastAppliedTermIndex().getIndex())) {
      return true;
    }
    try {
      return first.equals(raftLog().getTermIndex(first.getIndex()));
    } catch (IOException | RuntimeException e) {
      LOG.debug("{} is being closed", where(), e);
      return false;
    }
  }

  private RaftLog raftLog() throws IOException {
    return getServer().join().getDivision(getGroupId()).getRaftLog();
  }

  // Ratis checks for PAUSED before it reinitializes; the base class does nothing here.
  @Override
  public void pause() {
    getLifeCycle().transition(LifeCycle.State.PAUSING);
    getLifeCycle().transition(LifeCycle.State.PAUSED);
  }

  @Override
  public void reinitialize() {
    getLifeCycle().transition(LifeCycle.State.STARTING);
    try {
      state.reopen();
      changeover.over();
    } catch (Throwable e) {
      throw stop("cannot go over to the checkpoint that was copied", e);
    }
    setLastAppliedTermIndex(termIndex(state.latestCheckpoint()));
    getLifeCycle().transition(LifeCycle.State.RUNNING);
  }

  @Override
  public void close() throws IOException {
    if (closed.compareAndSet(false, true)) {
      leads(false);
      changeover.over();
      try (applied) {
        state.close();
      }
    }
  }

  private IllegalStateException stop(String what, Throwable cause) {
    String message = where() + " " + what + ": " + text(cause);
    fatal.fatal(message, cause);
    return new IllegalStateException(message, cause);
  }

  private String where() {
    return "raft group " + group;
  }

  // File system exceptions have the file as their message, so that it is always named.
  private static String text(Throwable cause) {
    return Submissions.text(cause);
  }

  private static TermIndex termIndex(TermIndexed place) {
    return TermIndex.valueOf(place.term(), place.index());
  }

  private record Checkpoint(TermIndex termIndex) implements SnapshotInfo {

    @Override
    public TermIndex getTermIndex() {
      return termIndex;
    }

    /** Ratis never copies files for us. */
    @Override
    public List<FileInfo> getFiles() {
      return List.of();
    }
  }
}
