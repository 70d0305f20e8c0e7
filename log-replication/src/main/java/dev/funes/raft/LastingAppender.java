package dev.funes.raft;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.grpc.server.GrpcLogAppender;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.leader.FollowerInfo;
import org.apache.ratis.server.leader.LeaderState;
import org.apache.ratis.server.raftlog.RaftLog;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends entries to one follower, and goes on where Ratis by itself would not:
 *
 * <ul>
 *   <li>After a failure of its own. Ratis makes another sender in the place of one that failed, but
 *       not for a node that is only about to become a voter: that would never catch up, and no
 *       other change of the voters would be possible. Seen: {@code updateIncreasingly for
 *       nextIndex}, when the follower has taken a checkpoint while older entries were being read
 *       for it. What is sent next begins after the checkpoint.
 *   <li>With a follower that has lost the end of its Raft log, which it had acknowledged. Ratis
 *       takes its word for it only in answer to entries; but after some errors it pauses for longer
 *       than a heartbeat may wait, and sends heartbeats alone.
 * </ul>
 */
final class LastingAppender extends GrpcLogAppender {

  private static final Logger LOG = LoggerFactory.getLogger(LastingAppender.class);

  /**
   * Each failure leaves one of the requests that may be outstanding ({@link
   * RatisSettings#OUTSTANDING_APPENDS_MAX}) behind; then it is better to let Ratis make another.
   */
  private static final int FAILURES_MAX = RatisSettings.OUTSTANDING_APPENDS_MAX / 2;

  private static final long REFUSED_NANOS = TimeUnit.SECONDS.toNanos(2);

  private @Nullable Refusal first;
  private long firstNanos;

  LastingAppender(RaftServer.Division server, LeaderState leader, FollowerInfo follower) {
    super(server, leader, follower);
  }

  /**
   * A follower that has lost nothing may seem to, for moments: a heartbeat has its own connection,
   * so that it overtakes entries, and an answer can come late. So it has to say the same for a
   * while.
   *
   * @param requestFirstIndex of the entries that the follower could not add to its log; {@link
   *     RaftLog#INVALID_LOG_INDEX} for a heartbeat, and for entries that are not waited for any
   *     more
   * @param replyNextIndex where its log ends, at the latest
   */
  @Override
  protected long getNextIndexForInconsistency(long requestFirstIndex, long replyNextIndex) {
    Refusal refusal = new Refusal(replyNextIndex, getFollower().getMatchIndex());
    if (requestFirstIndex == RaftLog.INVALID_LOG_INDEX && lasts(refusal)) {
      LOG.warn(
          "{}: the follower has lost entries {} to {}, which it had; they are sent again",
          this,
          replyNextIndex,
          refusal.acknowledged());
      return replyNextIndex;
    }
    return super.getNextIndexForInconsistency(requestFirstIndex, replyNextIndex);
  }

  private record Refusal(long nextIndex, long acknowledged) {}

  /** Whether the follower has said nothing else for {@link #REFUSED_NANOS}, and lacks something. */
  private synchronized boolean lasts(Refusal refusal) {
    long now = System.nanoTime();
    if (!refusal.equals(first)) {
      first = refusal;
      firstNanos = now;
    }
    return refusal.nextIndex() <= refusal.acknowledged() && now - firstNanos >= REFUSED_NANOS;
  }

  @Override
  public void run() throws IOException {
    for (int failures = 0; ; failures++) {
      try {
        super.run();
        return;
      } catch (RuntimeException e) {
        if (failures == FAILURES_MAX || !isRunning()) {
          throw e;
        }
        LOG.warn("{}: goes on after a failure: {}", this, Submissions.text(e), e);
      }
    }
  }
}
