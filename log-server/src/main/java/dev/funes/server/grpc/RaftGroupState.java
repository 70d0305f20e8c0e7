package dev.funes.server.grpc;

import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/** What is under way in a raft group, in a few words. */
final class RaftGroupState {
  private RaftGroupState() {}

  /**
   * Empty when all is as it should be.
   *
   * @param wished nodes where it should be
   * @param voters nodes that vote, as its leader says
   * @param behind wished nodes that have not caught up
   */
  static String of(List<Integer> wished, List<Integer> voters, List<Integer> behind) {
    List<Integer> missing = wished.stream().filter(node -> !voters.contains(node)).toList();
    if (!missing.isEmpty()) {
      return "adding " + nodes(missing);
    }
    List<Integer> tooMany = voters.stream().filter(node -> !wished.contains(node)).toList();
    if (!tooMany.isEmpty()) {
      return "removing " + nodes(tooMany);
    }
    return behind.isEmpty() ? "" : nodes(behind) + " catching up";
  }

  private static String nodes(Collection<Integer> ids) {
    return (ids.size() == 1 ? "node " : "nodes ")
        + ids.stream().map(String::valueOf).collect(Collectors.joining(", "));
  }
}
