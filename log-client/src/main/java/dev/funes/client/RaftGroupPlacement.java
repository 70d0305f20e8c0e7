package dev.funes.client;

import java.util.List;

/**
 * Where a raft group should be, and where it is.
 *
 * @param wished node ids, the preferred leader first
 * @param voters node ids, as its leader says; empty when it has none
 * @param state what is under way, such as {@code adding node 4}; empty when it is as it should be
 */
public record RaftGroupPlacement(List<Integer> wished, List<Integer> voters, String state) {
  public RaftGroupPlacement {
    wished = List.copyOf(wished);
    voters = List.copyOf(voters);
  }

  /** The voters are those that are wished, and all have caught up. */
  public boolean isDone() {
    return !voters.isEmpty() && state.isEmpty();
  }
}
