package dev.funes.server.grpc;

import dev.funes.cluster.PartitionId;
import dev.funes.cluster.Placement;
import dev.funes.cluster.Topic;
import dev.funes.proto.v1.Appended;
import dev.funes.proto.v1.Error;
import dev.funes.proto.v1.ErrorCode;
import dev.funes.proto.v1.ProduceResponse;
import dev.funes.record.BatchValidator;
import dev.funes.replication.Outcome;

/** Between what the replica says and what the API says. */
final class OutcomeMapping {
  private static final String OVERTAKEN = "leadership moved while it was under way";
  private static final long CHANGED_RETRY_MILLIS = 10;

  private OutcomeMapping() {}

  /** The response to an append, without its correlation id. */
  static ProduceResponse response(Placement placement, Topic topic, Outcome outcome) {
    if (outcome instanceof Outcome.Appended(long baseOffset, boolean duplicate)) {
      return ProduceResponse.newBuilder()
          .setAppended(Appended.newBuilder().setBaseOffset(baseOffset).setDuplicate(duplicate))
          .build();
    }
    Error error = error(placement, topic.name(), outcome);
    ProduceResponse.Builder response = ProduceResponse.newBuilder().setError(error);
    return error.hasLeader() ? response.setLeader(error.getLeader()).build() : response.build();
  }

  /** Throws a {@link RequestProblem} unless the command was done. */
  static void requireDone(Placement placement, String subject, Outcome outcome) {
    if (!(outcome instanceof Outcome.Done)) {
      throw new RequestProblem(error(placement, subject, outcome));
    }
  }

  static Error error(Placement placement, String subject, Outcome outcome) {
    return switch (outcome) {
      case Outcome.UnknownPartition() -> Errors.unknownTopic(subject);
      case Outcome.OutOfOrder(int expected, int sequence) ->
          Errors.of(
              ErrorCode.OUT_OF_ORDER_SEQUENCE,
              "expected sequence " + expected + ", was " + sequence);
      case Outcome.Fenced(short epoch) ->
          Errors.of(
              ErrorCode.PRODUCER_FENCED, "a newer producer with epoch " + epoch + " is at work");
      case Outcome.UnknownProducer() ->
          Errors.of(
              ErrorCode.UNKNOWN_PRODUCER,
              "the producer id is not known here, and the batch is not its first");
      case Outcome.Invalid(String why) -> Errors.of(ErrorCode.CORRUPT_BATCH, why);
      case Outcome.NotLeader(var leader, boolean unknownOutcome) ->
          unknownOutcome ? Errors.unknownOutcome(OVERTAKEN) : Errors.notLeader(placement, leader);
      case Outcome.Busy(long retryAfterMillis) ->
          Errors.retry("too much is in flight on this node", Math.max(1, retryAfterMillis));
      case Outcome.DiskFull(var shortage) -> Errors.diskFull(shortage);
      case Outcome.UnknownOutcome(String why) -> Errors.unknownOutcome(why);
      case Outcome.Conflict(long endOffset) ->
          Errors.of(
                  ErrorCode.OFFSET_CONFLICT,
                  "the partition of %s ends at %d, not where the producer expected it to"
                      .formatted(subject, endOffset))
              .toBuilder()
              .setLimit(endOffset)
              .build();
      case Outcome.NotOwner(PartitionId partition) ->
          Errors.of(
              ErrorCode.NOT_OWNER,
              "a partition is in the hands of a member of group "
                  + subject
                  + " and not of the one who asks (topic id and partition: "
                  + partition
                  + ")");
      case Outcome.UnknownMember() ->
          Errors.of(
              ErrorCode.UNKNOWN_MEMBER, "group " + subject + " has no such member (any more)");
      case Outcome.VersionConflict(long version) ->
          Errors.retry("group " + subject + " changed meanwhile", CHANGED_RETRY_MILLIS);
      case Outcome.UnknownGroup() -> Errors.unknownGroup(subject);
      case Outcome.BookmarkExists() ->
          Errors.of(ErrorCode.BOOKMARK_EXISTS, "group " + subject + " has a bookmark of this name");
      case Outcome.UnknownBookmark() ->
          Errors.of(
              ErrorCode.UNKNOWN_BOOKMARK, "group " + subject + " has no bookmark of this name");
      case Outcome.BookmarksFull(int bookmarksMax) ->
          Errors.overLimit(
              ErrorCode.LIMIT_EXCEEDED,
              "bookmarks-max",
              "group %s has %d bookmarks, as many as bookmarks-max allows"
                  .formatted(subject, bookmarksMax),
              bookmarksMax);
      case Outcome.Appended _, Outcome.Done _, Outcome.GroupUpdated _ ->
          throw new IllegalStateException("expected a failure, was " + outcome);
    };
  }

  static Error error(BatchValidator.Validation.Invalid invalid) {
    ErrorCode code =
        switch (invalid.reason()) {
          case CORRUPT, UNSUPPORTED -> ErrorCode.CORRUPT_BATCH;
          case BATCH_TOO_LARGE -> ErrorCode.BATCH_TOO_LARGE;
          case RECORD_TOO_LARGE -> ErrorCode.RECORD_TOO_LARGE;
        };
    return Errors.overLimit(
        code, invalid.field(), invalid.field() + ": " + invalid.message(), invalid.limit());
  }
}
