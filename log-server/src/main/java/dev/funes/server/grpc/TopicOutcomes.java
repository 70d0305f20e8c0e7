package dev.funes.server.grpc;

import dev.funes.cluster.Placement;
import dev.funes.cluster.Topic;
import dev.funes.proto.v1.ErrorCode;
import dev.funes.replication.TopicOutcome;

/** What the API says when a change to the topics was not made. */
final class TopicOutcomes {
  private TopicOutcomes() {}

  /** Throws {@link RequestProblem} unless the change was made. */
  static void requireDone(Placement placement, TopicOutcome outcome) {
    switch (outcome) {
      case TopicOutcome.Created _, TopicOutcome.Altered _, TopicOutcome.Deleted _ -> {}
      case TopicOutcome.TopicExists(Topic topic) ->
          throw new RequestProblem(
              Errors.of(ErrorCode.TOPIC_EXISTS, "topic " + topic.name() + " exists").toBuilder()
                  .setField("name")
                  .build());
      case TopicOutcome.UnknownTopic(String name) ->
          throw new RequestProblem(Errors.unknownTopic(name));
      case TopicOutcome.LimitExceeded(long partitionsMax) ->
          throw new RequestProblem(
              Errors.overLimit(
                  ErrorCode.LIMIT_EXCEEDED,
                  "partition_count",
                  "the cluster would have more than " + partitionsMax + " partitions",
                  partitionsMax));
      case TopicOutcome.Invalid(String field, String why) ->
          throw new RequestProblem(Errors.invalid(field, why));
      case TopicOutcome.NotLeader(var leader) ->
          throw new RequestProblem(Errors.notLeader(placement, leader));
      case TopicOutcome.Busy(long retryAfterMillis) ->
          throw new RequestProblem(
              Errors.retry("the metadata takes no changes now", Math.max(1, retryAfterMillis)));
      case TopicOutcome.DiskFull(var shortage) ->
          throw new RequestProblem(Errors.diskFull(shortage));
      case TopicOutcome.UnknownOutcome(String why) ->
          throw new RequestProblem(Errors.unknownOutcome(why));
    }
  }
}
