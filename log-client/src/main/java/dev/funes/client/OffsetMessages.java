package dev.funes.client;

import dev.funes.proto.v1.FetchOffsetsRequest;
import dev.funes.proto.v1.HistoryEntry;
import dev.funes.proto.v1.OffsetTargets;
import dev.funes.proto.v1.ResetOffsetsRequest;
import dev.funes.proto.v1.ResetOffsetsResponse;
import java.util.Collection;
import java.util.List;

/** Between values of this package and messages of the API, of stored offsets and their history. */
final class OffsetMessages {
  private OffsetMessages() {}

  static FetchOffsetsRequest.Builder fetch(String group, Collection<String> topics) {
    return FetchOffsetsRequest.newBuilder().setGroup(group).addAllTopics(topics);
  }

  static FetchOffsetsRequest fetchAt(String group, OffsetsAt at, Collection<String> topics) {
    FetchOffsetsRequest.Builder request = fetch(group, topics);
    switch (at) {
      case OffsetsAt.Time(long millis) -> request.setTimestampMillis(millis);
      case OffsetsAt.Entry(long id) -> request.setHistoryId(id);
      case OffsetsAt.Bookmark(String name) -> request.setBookmark(name);
    }
    return request.build();
  }

  static ResetOffsetsRequest reset(
      String group, Collection<ResetTopic> topics, ResetTo to, boolean dryRun) {
    ResetOffsetsRequest.Builder request =
        ResetOffsetsRequest.newBuilder().setGroup(group).setDryRun(dryRun);
    for (ResetTopic topic : topics) {
      request.addTopicsBuilder().setTopic(topic.topic()).addAllPartitions(topic.partitions());
    }
    switch (to) {
      case ResetTo.Start() -> request.setStart(true);
      case ResetTo.End() -> request.setEnd(true);
      case ResetTo.Offset(long offset) -> request.setOffset(offset);
      case ResetTo.Timestamp(long millis) -> request.setTimestampMillis(millis);
      case ResetTo.ShiftBy(long records) -> request.setShiftBy(records);
      case ResetTo.Bookmark(String name) -> request.setBookmark(name);
      case ResetTo.Targets(List<OffsetTarget> targets, OffsetCause cause) ->
          request.setTargets(targets(targets)).setCause(cause(cause));
      case ResetTo.Undo() -> request.setUndo(true);
    }
    return request.build();
  }

  private static OffsetTargets targets(List<OffsetTarget> targets) {
    OffsetTargets.Builder message = OffsetTargets.newBuilder();
    for (OffsetTarget target : targets) {
      dev.funes.proto.v1.OffsetTarget.Builder one =
          message
              .addTargetsBuilder()
              .setTopic(target.partition().topic())
              .setPartition(target.partition().partition());
      if (target.offset() != null) {
        one.setOffset(target.offset());
      }
    }
    return message.build();
  }

  static ResetResult reset(ResetOffsetsResponse response) {
    return new ResetResult(
        response.getHistoryId(),
        response.getUndoneId(),
        response.getResetsList().stream().map(OffsetMessages::reset).toList());
  }

  private static ResetOffset reset(dev.funes.proto.v1.ResetOffset reset) {
    return new ResetOffset(
        new TopicPartition(reset.getTopic(), reset.getPartition()),
        reset.hasFromOffset() ? reset.getFromOffset() : null,
        reset.hasToOffset() ? reset.getToOffset() : null,
        reset.hasAskedOffset() ? reset.getAskedOffset() : null,
        reset.getLogStartOffset(),
        reset.getLogEndOffset());
  }

  static OffsetHistoryEntry entry(HistoryEntry entry) {
    return new OffsetHistoryEntry(
        entry.getId(),
        entry.getTimeMillis(),
        cause(entry.getCause()),
        entry.getMemberId(),
        entry.getUndoneId(),
        entry.getChangesList().stream().map(OffsetMessages::change).toList());
  }

  private static OffsetChange change(dev.funes.proto.v1.OffsetChange change) {
    return new OffsetChange(
        change.getTopic(),
        change.getPartition(),
        change.hasFromOffset() ? change.getFromOffset() : null,
        change.hasToOffset() ? change.getToOffset() : null);
  }

  static OffsetBookmark bookmark(dev.funes.proto.v1.Bookmark bookmark) {
    return new OffsetBookmark(
        bookmark.getName(),
        bookmark.getTimeMillis(),
        bookmark.getOffsetsList().stream().map(FromProto::committed).toList());
  }

  private static dev.funes.proto.v1.OffsetCause cause(OffsetCause cause) {
    return switch (cause) {
      case COMMIT -> dev.funes.proto.v1.OffsetCause.OFFSET_CAUSE_COMMIT;
      case RESET -> dev.funes.proto.v1.OffsetCause.OFFSET_CAUSE_RESET;
      case UNDO -> dev.funes.proto.v1.OffsetCause.OFFSET_CAUSE_UNDO;
      case IMPORT -> dev.funes.proto.v1.OffsetCause.OFFSET_CAUSE_IMPORT;
      case COPY -> dev.funes.proto.v1.OffsetCause.OFFSET_CAUSE_COPY;
      case DELETE -> dev.funes.proto.v1.OffsetCause.OFFSET_CAUSE_DELETE;
      case OTHER -> dev.funes.proto.v1.OffsetCause.OFFSET_CAUSE_UNSPECIFIED;
    };
  }

  private static OffsetCause cause(dev.funes.proto.v1.OffsetCause cause) {
    return switch (cause) {
      case OFFSET_CAUSE_COMMIT -> OffsetCause.COMMIT;
      case OFFSET_CAUSE_RESET -> OffsetCause.RESET;
      case OFFSET_CAUSE_UNDO -> OffsetCause.UNDO;
      case OFFSET_CAUSE_IMPORT -> OffsetCause.IMPORT;
      case OFFSET_CAUSE_COPY -> OffsetCause.COPY;
      case OFFSET_CAUSE_DELETE -> OffsetCause.DELETE;
      case OFFSET_CAUSE_UNSPECIFIED, UNRECOGNIZED -> OffsetCause.OTHER;
    };
  }
}
