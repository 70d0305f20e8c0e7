package dev.funes.raft;

import java.io.IOException;
import org.apache.ratis.grpc.server.GrpcLogAppender;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.leader.FollowerInfo;
import org.apache.ratis.server.leader.LeaderState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends entries to one follower, and goes on after a failure of Ratis' own. Ratis makes another one
 * in the place of one that failed, but not for a node that is only about to become a voter: that
 * would never catch up, and no other change of the voters would be possible.
 *
 * <p>Seen: {@code updateIncreasingly for nextIndex}, when the follower has taken a checkpoint while
 * older entries were being read for it. What is sent next begins after the checkpoint.
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
