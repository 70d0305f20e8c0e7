package dev.funes.server.grpc;

import dev.funes.cluster.NodeId;
import dev.funes.cluster.RaftGroupId;
import dev.funes.proto.v1.Error;
import dev.funes.replication.Replica;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;

/** Takes a request to where the offsets of its consumer group live. */
final class GroupRouting {
  private static final int NAME_LENGTH_MAX = 249;

  private final Replica replica;
  private final Leaders leaders;

  GroupRouting(Replica replica, Leaders leaders) {
    this.replica = replica;
    this.leaders = leaders;
  }

  RaftGroupId raftGroup(String group) {
    return replica.placement().raftGroupOfConsumerGroup(group);
  }

  /** Here when this node leads; otherwise to the leader, but not a second step. */
  <T> CompletableFuture<T> route(
      String group,
      boolean forwarded,
      Supplier<CompletableFuture<T>> here,
      Function<NodeId, CompletableFuture<T>> there) {
    RaftGroupId raftGroup = raftGroup(group);
    NodeId leader = leaders.of(raftGroup);
    if (leaders.isSelf(leader)) {
      return here.get();
    }
    if (leader == null || forwarded) {
      throw new RequestProblem(Errors.notLeader(replica.placement(), leader));
    }
    return there
        .apply(leader)
        .whenComplete(
            (_, failure) -> {
              if (failure != null) {
                Error error = ErrorMapping.error(failure);
                leaders.learn(raftGroup, error);
              }
            });
  }

  /** Throws {@link RequestProblem} when this cannot be the name of a consumer group. */
  static void requireName(String group) {
    requireName("group", group);
  }

  /** Throws {@link RequestProblem} when this cannot be such a name. */
  static void requireName(String field, String name) {
    if (name.isEmpty()) {
      throw new RequestProblem(Errors.invalid(field, field + " must not be empty"));
    }
    if (name.length() > NAME_LENGTH_MAX) {
      throw new RequestProblem(
          Errors.invalid(
              field,
              "%s must have at most %d characters, has %d"
                  .formatted(field, NAME_LENGTH_MAX, name.length())));
    }
    boolean allowed =
        name.chars()
            .allMatch(c -> c < 0x7f && (Character.isLetterOrDigit(c) || "._-".indexOf(c) >= 0));
    if (!allowed || name.equals(".") || name.equals("..")) {
      throw new RequestProblem(
          Errors.invalid(
              field,
              field
                  + " must consist of a-z, A-Z, 0-9, '.', '_' and '-', and not be \".\" or \"..\""));
    }
  }
}
