package dev.funes.server.grpc;

import dev.funes.cluster.Placement;
import dev.funes.proto.v1.Error;
import dev.funes.proto.v1.ErrorCode;
import dev.funes.server.coordinator.GroupProblem;
import dev.funes.server.coordinator.GroupProblem.Kind;
import java.util.concurrent.CompletableFuture;

/** Between what the coordinator says and what the API says. */
final class GroupProblems {
  private GroupProblems() {}

  static Error error(Placement placement, GroupProblem problem) {
    String text = problem.text();
    return switch (problem.kind()) {
      case Kind.UnknownGroup() ->
          Errors.of(ErrorCode.UNKNOWN_GROUP, text).toBuilder().setField("group").build();
      case Kind.UnknownMember() ->
          Errors.of(ErrorCode.UNKNOWN_MEMBER, text).toBuilder().setField("member_id").build();
      case Kind.Kicked() -> Errors.of(ErrorCode.MEMBER_KICKED, text);
      case Kind.Replaced() -> Errors.of(ErrorCode.MEMBER_REPLACED, text);
      case Kind.NotEmpty _ -> Errors.of(ErrorCode.GROUP_NOT_EMPTY, text);
      case Kind.Resetting() -> Errors.of(ErrorCode.GROUP_RESETTING, text);
      case Kind.MembersFull(int membersMax) ->
          Errors.overLimit(ErrorCode.LIMIT_EXCEEDED, "group-members-max", text, membersMax);
      case Kind.TooLarge() -> Errors.of(ErrorCode.LIMIT_EXCEEDED, text);
      case Kind.NotCoordinator(var leader) -> Errors.notLeader(placement, leader);
      case Kind.Unavailable() -> Errors.unavailable(text);
      case Kind.UnknownOutcome() -> Errors.unknownOutcome(text);
    };
  }

  /** The same future, with a {@link RequestProblem} where it fails with a {@link GroupProblem}. */
  static <T> CompletableFuture<T> mapped(Placement placement, CompletableFuture<T> future) {
    return future.exceptionallyCompose(
        failure ->
            CompletableFuture.failedFuture(
                ErrorMapping.unwrap(failure) instanceof GroupProblem problem
                    ? new RequestProblem(error(placement, problem))
                    : failure));
  }
}
