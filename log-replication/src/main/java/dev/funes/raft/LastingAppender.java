package dev.funes.raft;

import java.io.IOException;
import org.apache.ratis.grpc.server.GrpcLogAppender;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.leader.FollowerInfo;
import org.apache.ratis.server.leader.LeaderState;
import org.apache.ratis.server.raftlog.RaftLog;
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

  LastingAppender(RaftServer.Division server, LeaderState leader, FollowerInfo follower) {
    super(server, leader, follower);
  }

  /**
   * Also called for a late answer to entries that are not waited for any more: then the follower
   * may have lost nothing, and is sent some entries twice, which does no harm.
   *
   * @param requestFirstIndex of the entries that the follower could not add to its log; {@link
   *     RaftLog#INVALID_LOG_INDEX} for a heartbeat, and for entries that are not waited for any
   *     more
   * @param replyNextIndex where its log ends, at the latest
   */
  @Override
  protected long getNextIndexForInconsistency(long requestFirstIndex, long replyNextIndex) {
    long acknowledged = getFollower().getMatchIndex();
    if (requestFirstIndex == RaftLog.INVALID_LOG_INDEX && replyNextIndex <= acknowledged) {
      LOG.warn(
          "{}: the follower says that it lacks entries {} to {}, which it had; they are sent again",
          this,
          replyNextIndex,
          acknowledged);
      return replyNextIndex;
    }
    return super.getNextIndexForInconsistency(requestFirstIndex, replyNextIndex);
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
