package dev.funes.raft;

import dev.funes.cluster.NodeId;
import dev.funes.cluster.RaftGroupId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A raft group as this node sees it at one moment.
 *
 * @param term Raft term, from 0
 * @param lastIndex Raft index of the last entry in this node's log; -1 when there is none
 * @param committedIndex Raft index up to which this node knows entries to be committed
 * @param appliedIndex Raft index of the last entry that this node applied
 * @param leader as far as this node knows
 * @param leaderReady this node leads and takes commands
 * @param followers the others, when this node leads; else empty
 */
public record RaftGroupStatus(
    RaftGroupId group,
    long term,
    long lastIndex,
    long committedIndex,
    long appliedIndex,
    @Nullable NodeId leader,
    boolean leaderReady,
    List<Follower> followers) {

  /**
   * A follower as its leader sees it.
   *
   * @param matchIndex Raft index up to which its log is known to be the leader's
   * @param silentMillis time since its last answer
   */
  public record Follower(NodeId node, long matchIndex, long silentMillis) {}

  /** Entries that a follower may be behind while it counts as keeping up. */
  private static final long LAG_ENTRIES_MAX = 256;

  public RaftGroupStatus {
    followers = List.copyOf(followers);
  }

  /**
   * True when the node is a follower that is a few entries behind at most and could lead at once.
   *
   * @param silentMillisMax one that has not answered for this long does not count
   */
  public boolean keepsUp(NodeId node, long silentMillisMax) {
    for (Follower follower : followers) {
      if (follower.node().equals(node)) {
        return lastIndex - follower.matchIndex() <= LAG_ENTRIES_MAX
            && follower.silentMillis() < silentMillisMax;
      }
    }
    return false;
  }
}
