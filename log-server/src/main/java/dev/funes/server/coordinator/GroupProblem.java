package dev.funes.server.coordinator;

import dev.funes.cluster.NodeId;
import dev.funes.replication.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * Why something could not be done to a consumer group, on its way through a future. Not a fault of
 * the node, so it has no stack trace.
 */
public final class GroupProblem extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What kind of problem it is. */
  public sealed interface Kind {
    /** Nothing is known of the consumer group. */
    record UnknownGroup() implements Kind {}

    /** There is no such member: its session has ended. */
    record UnknownMember() implements Kind {}

    /** Somebody sent the member away. */
    record Kicked() implements Kind {}

    /** Another process has joined with the same instance id. */
    record Replaced() implements Kind {}

    /** That needs a consumer group without members. */
    record NotEmpty(int memberCount) implements Kind {}

    /** A reset is under way. */
    record Resetting() implements Kind {}

    /** There are as many members as there may be. */
    record MembersFull(int membersMax) implements Kind {}

    /** What must be stored of the consumer group would not fit into one command. */
    record TooLarge() implements Kind {}

    /** Another node leads; null: nobody is known to. */
    record NotCoordinator(@Nullable NodeId leader) implements Kind {}

    /** Nothing has happened, and it may be tried again. */
    record Unavailable() implements Kind {}

    /** It may have happened or not. */
    record UnknownOutcome() implements Kind {}
  }

  private final transient Kind kind;

  GroupProblem(Kind kind, String message) {
    super(message, null, false, false);
    this.kind = kind;
  }

  static GroupProblem unavailable(String message) {
    return new GroupProblem(new Kind.Unavailable(), message);
  }

  static GroupProblem unknownOutcome(String message) {
    return new GroupProblem(new Kind.UnknownOutcome(), message);
  }

  static GroupProblem unknownMember(String group, String memberId) {
    return new GroupProblem(
        new Kind.UnknownMember(),
        "group %s has no member %s (any more)".formatted(group, memberId));
  }

  static GroupProblem replaced() {
    return new GroupProblem(
        new Kind.Replaced(), "another process has joined with the same instance id");
  }

  static GroupProblem kicked() {
    return new GroupProblem(new Kind.Kicked(), "the member was sent away by an operator");
  }

  static GroupProblem membersFull(String group, int membersMax) {
    return new GroupProblem(
        new Kind.MembersFull(membersMax),
        "group %s has %d members, as many as group-members-max allows"
            .formatted(group, membersMax));
  }

  static GroupProblem notEmpty(String group, int memberCount) {
    return new GroupProblem(
        new Kind.NotEmpty(memberCount),
        "group %s has %d members; only an empty one can be deleted".formatted(group, memberCount));
  }

  static GroupProblem resetting(String group) {
    return new GroupProblem(
        new Kind.Resetting(), "another reset of group " + group + " is under way");
  }

  static GroupProblem tooLarge(String group, String why) {
    return new GroupProblem(
        new Kind.TooLarge(), "group %s would become too large: %s".formatted(group, why));
  }

  /** What an outcome means that is not the one that was hoped for; null: there is none. */
  static GroupProblem of(String group, @Nullable Outcome outcome) {
    return switch (outcome) {
      case Outcome.NotLeader(var leader, boolean unknown) ->
          unknown
              ? unknownOutcome("leadership moved while it was under way")
              : new GroupProblem(
                  new Kind.NotCoordinator(leader), "another node coordinates group " + group);
      case Outcome.VersionConflict _ -> unavailable("group " + group + " changed meanwhile");
      case null, default -> unknownOutcome("it is not known whether it was stored: " + outcome);
    };
  }

  public Kind kind() {
    return kind;
  }

  /** For people. */
  public String text() {
    return String.valueOf(getMessage());
  }
}
