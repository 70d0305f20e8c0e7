package dev.funes.client;

import java.util.List;
import java.util.Set;

/**
 * A data raft group goes to other nodes, or only its lead does.
 *
 * @param from ids of its nodes, the preferred leader first
 * @param to as it is to be
 */
public record RaftGroupMove(int raftGroup, List<Integer> from, List<Integer> to) {
  public RaftGroupMove {
    from = List.copyOf(from);
    to = List.copyOf(to);
  }

  /** False when only the lead changes. */
  public boolean movesData() {
    return !Set.copyOf(from).equals(Set.copyOf(to));
  }
}
