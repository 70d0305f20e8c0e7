package dev.funes.raft;

import dev.funes.cluster.NodeId;
import dev.funes.cluster.RaftGroupId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
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

  /** The leader asks again many times within it. */
  private static final int REOPEN_SECONDS_MAX = 120;

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
  private final AtomicLong fetches = new AtomicLong();
  private volatile long fetched; // the number of the one not gone over to yet; 0: none
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
    // A new voter is always told once; when the log has all that it lacks, the log it is.
    if (first.getIndex() <= lastIndex() + 1) {
      return CompletableFuture.completedFuture(null);
    }
    NodeId leader =
        RatisIds.node(role.getFollowerInfo().getLeaderInfo().getId().getId().toStringUtf8());
    return state
        .fetchCheckpoint(leader, first.getIndex())
        .thenApply(
            fetched -> {
              if (fetched == null) {
                return null;
              }
              lookLaterWhetherReopened(fetches.incrementAndGet());
              return termIndex(fetched);
            });
  }

  /**
   * Ratis goes over to what was fetched when the leader next sends something. It never does when
   * just then another node with a longer Raft log has come to lead, and takes no entries either;
   * only a new start helps.
   */
  private void lookLaterWhetherReopened(long fetch) {
    fetched = fetch;
    CompletableFuture.delayedExecutor(REOPEN_SECONDS_MAX, TimeUnit.SECONDS)
        .execute(
            () -> {
              if (closed.get() || fetched != fetch) {
                return;
              }
              if (hasLeader()) {
                fatal.fatal(
                    where()
                        + " does not go over to the checkpoint that was copied; it will after a restart",
                    null);
              } else {
                lookLaterWhetherReopened(fetch);
              }
            });
  }

  private boolean hasLeader() {
    try {
      return getServer().join().getDivision(getGroupId()).getInfo().getLeaderId() != null;
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public void notifyLeaderChanged(RaftGroupMemberId self, RaftPeerId leader) {
    NodeId node = RatisIds.node(leader);
    if (node != null) {
      state.leaderChanged(node);
    }
  }

  private long lastIndex() {
    try {
      return raftLog().getNextIndex() - 1;
    } catch (IOException e) {
      return getLastAppliedTermIndex().getIndex();
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
      fetched = 0;
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
