package dev.funes.server.coordinator;

/** What became of a {@link GroupEvent}, once the record that says so is stored. */
sealed interface EventResult {

  record Done() implements EventResult {}

  /**
   * It is a member.
   *
   * @param memberId its id from now on
   * @param formerId whose place it took; empty: nobody's
   */
  record Joined(String memberId, String formerId) implements EventResult {}

  /** This member was sent away. */
  record Kicked(String memberId, int sessionTimeoutMillis) implements EventResult {}

  /** There is no such member. */
  record UnknownMember() implements EventResult {}

  /** Another process has its instance id. */
  record Replaced() implements EventResult {}

  /** The consumer group has as many members as it may. */
  record Full(int membersMax) implements EventResult {}

  /** A reset is under way. */
  record Resetting() implements EventResult {}
}
