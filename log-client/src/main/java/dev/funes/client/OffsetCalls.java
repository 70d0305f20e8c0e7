package dev.funes.client;

import dev.funes.proto.v1.DeleteBookmarkRequest;
import dev.funes.proto.v1.DeleteBookmarkResponse;
import dev.funes.proto.v1.DeleteOffsetsRequest;
import dev.funes.proto.v1.ListBookmarksRequest;
import dev.funes.proto.v1.OffsetHistoryRequest;
import dev.funes.proto.v1.OffsetHistoryResponse;
import dev.funes.proto.v1.OffsetServiceGrpc;
import dev.funes.proto.v1.PutBookmarkRequest;
import dev.funes.proto.v1.PutBookmarkResponse;
import dev.funes.proto.v1.ResetOffsetsRequest;
import dev.funes.proto.v1.ResetOffsetsResponse;
import java.util.Collection;
import java.util.List;

/** What is asked about stored offsets and their memory. Thread-safe; the caller blocks. */
final class OffsetCalls {
  private final UnaryCalls calls;

  OffsetCalls(UnaryCalls calls) {
    this.calls = calls;
  }

  List<CommittedOffset> committed(String group, Collection<String> topics) {
    return committed(OffsetMessages.fetch(group, topics).build());
  }

  List<CommittedOffset> committedAt(String group, OffsetsAt at, Collection<String> topics) {
    return committed(OffsetMessages.fetchAt(group, at, topics));
  }

  private List<CommittedOffset> committed(dev.funes.proto.v1.FetchOffsetsRequest request) {
    return calls.call(OffsetServiceGrpc.getFetchOffsetsMethod(), request).getOffsetsList().stream()
        .map(FromProto::committed)
        .toList();
  }

  void commit(String group, Collection<CommittedOffset> offsets) {
    var _ = calls.call(OffsetServiceGrpc.getCommitOffsetsMethod(), ToProto.commit(group, offsets));
  }

  int delete(String group, Collection<String> topics) {
    return calls
        .call(
            OffsetServiceGrpc.getDeleteOffsetsMethod(),
            DeleteOffsetsRequest.newBuilder().setGroup(group).addAllTopics(topics).build())
        .getDeletedCount();
  }

  OffsetHistoryPage history(String group, long beforeId, int countMax, boolean resetsOnly) {
    OffsetHistoryResponse response =
        calls.call(
            OffsetServiceGrpc.getOffsetHistoryMethod(),
            OffsetHistoryRequest.newBuilder()
                .setGroup(group)
                .setBeforeId(beforeId)
                .setCountMax(countMax)
                .setResetsOnly(resetsOnly)
                .build());
    return new OffsetHistoryPage(
        response.getEntriesList().stream().map(OffsetMessages::entry).toList(), response.getMore());
  }

  OffsetBookmark putBookmark(String group, String name, boolean replace) {
    UnaryCalls.Answer<PutBookmarkResponse> answer =
        calls.ask(
            OffsetServiceGrpc.getPutBookmarkMethod(),
            PutBookmarkRequest.newBuilder()
                .setGroup(group)
                .setName(name)
                .setReplace(replace)
                .build(),
            true);
    if (answer.value() != null) {
      return OffsetMessages.bookmark(answer.value().getBookmark());
    }
    if (answer.failedWith(ErrorCode.BOOKMARK_EXISTS) && answer.maybeRepeated()) {
      // Most likely put by an earlier try of ours, whose answer was lost.
      for (OffsetBookmark bookmark : bookmarks(group)) {
        if (bookmark.name().equals(name)) {
          return bookmark;
        }
      }
    }
    throw answer.exception();
  }

  List<OffsetBookmark> bookmarks(String group) {
    return calls
        .call(
            OffsetServiceGrpc.getListBookmarksMethod(),
            ListBookmarksRequest.newBuilder().setGroup(group).build())
        .getBookmarksList()
        .stream()
        .map(OffsetMessages::bookmark)
        .toList();
  }

  void deleteBookmark(String group, String name) {
    UnaryCalls.Answer<DeleteBookmarkResponse> answer =
        calls.ask(
            OffsetServiceGrpc.getDeleteBookmarkMethod(),
            DeleteBookmarkRequest.newBuilder().setGroup(group).setName(name).build(),
            true);
    boolean deletedBefore =
        answer.failedWith(ErrorCode.UNKNOWN_BOOKMARK) && answer.maybeRepeated(); // by our lost try
    if (answer.value() == null && !deletedBefore) {
      throw answer.exception();
    }
  }

  /** A reset is an entry in the history, so it must not be made twice. */
  ResetResult reset(ResetOffsetsRequest request) {
    UnaryCalls.Answer<ResetOffsetsResponse> answer =
        request.getDryRun()
            ? calls.ask(OffsetServiceGrpc.getResetOffsetsMethod(), request, true)
            : calls.askOnce(OffsetServiceGrpc.getResetOffsetsMethod(), request);
    if (answer.value() == null) {
      throw answer.exception();
    }
    return OffsetMessages.reset(answer.value());
  }
}
