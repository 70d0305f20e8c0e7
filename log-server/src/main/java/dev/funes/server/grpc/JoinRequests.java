package dev.funes.server.grpc;

import dev.funes.cluster.TopicName;
import dev.funes.group.Assignor;
import dev.funes.proto.v1.JoinGroup;
import dev.funes.server.coordinator.Coordinator;
import dev.funes.server.coordinator.Joining;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Checks what a member says of itself. */
final class JoinRequests {
  private static final int NAME_LENGTH_MAX = 249;
  private static final int MEMBER_ID_LENGTH_MAX = 100;
  private static final int TOPICS_MAX = 1_000;
  private static final int SESSION_MILLIS = 10_000;
  private static final int SESSION_MILLIS_MIN = 1_000;
  private static final int SESSION_MILLIS_MAX = 30 * 60_000;
  private static final int REBALANCE_MILLIS = 60_000;
  private static final int REBALANCE_MILLIS_MIN = 1_000;
  private static final int REBALANCE_MILLIS_MAX = 60 * 60_000;

  private JoinRequests() {}

  /** Throws {@link RequestProblem} that names the field at fault. */
  static Joining checked(JoinGroup join, String memberId, String host) {
    GroupRouting.requireName(join.getGroup());
    requireText("member_id", memberId, MEMBER_ID_LENGTH_MAX);
    requireText("instance_id", join.getInstanceId(), NAME_LENGTH_MAX);
    requireText("client_id", join.getClientId(), NAME_LENGTH_MAX);
    requireText("zone", join.getZone(), NAME_LENGTH_MAX);
    return new Joining(
        memberId,
        join.getInstanceId(),
        join.getClientId(),
        host,
        join.getZone(),
        topics(join),
        pattern(join),
        assignor(join),
        millis(
            "session_timeout_millis",
            join.getSessionTimeoutMillis(),
            SESSION_MILLIS,
            SESSION_MILLIS_MIN,
            SESSION_MILLIS_MAX),
        millis(
            "rebalance_timeout_millis",
            join.getRebalanceTimeoutMillis(),
            REBALANCE_MILLIS,
            REBALANCE_MILLIS_MIN,
            REBALANCE_MILLIS_MAX));
  }

  private static SortedSet<String> topics(JoinGroup join) {
    if (join.getTopicsCount() == 0 && join.getTopicPattern().isEmpty()) {
      throw invalid("topics", "topics or topic_pattern must be given");
    }
    if (join.getTopicsCount() > TOPICS_MAX) {
      throw invalid(
          "topics",
          "topics must have at most %d, has %d".formatted(TOPICS_MAX, join.getTopicsCount()));
    }
    SortedSet<String> topics = new TreeSet<>();
    for (int i = 0; i < join.getTopicsCount(); i++) {
      String problem = TopicName.problem(join.getTopics(i));
      if (problem != null) {
        throw invalid("topics[" + i + "]", "topics[" + i + "]: " + problem);
      }
      topics.add(join.getTopics(i));
    }
    return topics;
  }

  private static String pattern(JoinGroup join) {
    @Nullable String problem = Coordinator.patternProblem(join.getTopicPattern());
    if (problem != null) {
      throw invalid("topic_pattern", problem);
    }
    return join.getTopicPattern();
  }

  private static Assignor assignor(JoinGroup join) {
    return switch (join.getAssignor()) {
      case ASSIGNOR_BALANCED -> Assignor.BALANCED;
      case ASSIGNOR_RANGE -> Assignor.RANGE;
      case ASSIGNOR_RACK -> Assignor.RACK;
      case UNRECOGNIZED ->
          throw invalid("assignor", "assignor must be 0 to 2, was " + join.getAssignorValue());
    };
  }

  private static int millis(String field, int asked, int absent, int min, int max) {
    if (asked == 0) {
      return absent;
    }
    if (asked < min || asked > max) {
      throw invalid(field, "%s must be %d to %d, was %d".formatted(field, min, max, asked));
    }
    return asked;
  }

  /** Shown to people, on terminals and in logs. */
  private static void requireText(String field, String text, int lengthMax) {
    if (text.length() > lengthMax) {
      throw invalid(
          field,
          "%s must have at most %d characters, has %d".formatted(field, lengthMax, text.length()));
    }
    if (text.codePoints().anyMatch(c -> Character.isISOControl(c) || (c >= 0xd800 && c < 0xe000))) {
      throw invalid(field, field + " must not have control characters");
    }
  }

  private static RequestProblem invalid(String field, String message) {
    return new RequestProblem(Errors.invalid(field, message));
  }
}
