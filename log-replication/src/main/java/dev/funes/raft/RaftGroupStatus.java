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

  public RaftGroupStatus {
    followers = List.copyOf(followers);
  }
}
