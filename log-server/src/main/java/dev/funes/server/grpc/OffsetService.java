package dev.funes.server.grpc;

import dev.funes.proto.v1.CommitOffsetsRequest;
import dev.funes.proto.v1.CommitOffsetsResponse;
import dev.funes.proto.v1.DeleteBookmarkRequest;
import dev.funes.proto.v1.DeleteBookmarkResponse;
import dev.funes.proto.v1.DeleteOffsetsRequest;
import dev.funes.proto.v1.DeleteOffsetsResponse;
import dev.funes.proto.v1.FetchOffsetsRequest;
import dev.funes.proto.v1.FetchOffsetsResponse;
import dev.funes.proto.v1.ListBookmarksRequest;
import dev.funes.proto.v1.ListBookmarksResponse;
import dev.funes.proto.v1.OffsetHistoryRequest;
import dev.funes.proto.v1.OffsetHistoryResponse;
import dev.funes.proto.v1.OffsetServiceGrpc;
import dev.funes.proto.v1.PutBookmarkRequest;
import dev.funes.proto.v1.PutBookmarkResponse;
import dev.funes.proto.v1.ResetOffsetsRequest;
import dev.funes.proto.v1.ResetOffsetsResponse;
import io.grpc.stub.StreamObserver;

/** The stored offsets of consumer groups. */
final class OffsetService extends OffsetServiceGrpc.OffsetServiceImplBase {
  private final OffsetCommits commits;
  private final GroupOffsets offsets;
  private final OffsetResets resets;
  private final OffsetHistories histories;
  private final Bookmarks bookmarks;
  private final Unary unary;

  OffsetService(
      OffsetCommits commits,
      GroupOffsets offsets,
      OffsetResets resets,
      OffsetHistories histories,
      Bookmarks bookmarks,
      Unary unary) {
    this.commits = commits;
    this.offsets = offsets;
    this.resets = resets;
    this.histories = histories;
    this.bookmarks = bookmarks;
    this.unary = unary;
  }

  @Override
  public void commitOffsets(
      CommitOffsetsRequest request, StreamObserver<CommitOffsetsResponse> responses) {
    Peers peers = ClientConnection.current().peers();
    unary.answer(responses, () -> commits.commit(request, peers));
  }

  @Override
  public void fetchOffsets(
      FetchOffsetsRequest request, StreamObserver<FetchOffsetsResponse> responses) {
    Peers peers = ClientConnection.current().peers();
    unary.answer(responses, () -> offsets.fetch(request, peers));
  }

  @Override
  public void deleteOffsets(
      DeleteOffsetsRequest request, StreamObserver<DeleteOffsetsResponse> responses) {
    Peers peers = ClientConnection.current().peers();
    unary.answer(responses, () -> offsets.delete(request, peers));
  }

  @Override
  public void resetOffsets(
      ResetOffsetsRequest request, StreamObserver<ResetOffsetsResponse> responses) {
    Peers peers = ClientConnection.current().peers();
    unary.answer(responses, () -> resets.reset(request, peers));
  }

  @Override
  public void offsetHistory(
      OffsetHistoryRequest request, StreamObserver<OffsetHistoryResponse> responses) {
    Peers peers = ClientConnection.current().peers();
    unary.answer(responses, () -> histories.history(request, peers));
  }

  @Override
  public void putBookmark(
      PutBookmarkRequest request, StreamObserver<PutBookmarkResponse> responses) {
    Peers peers = ClientConnection.current().peers();
    unary.answer(responses, () -> bookmarks.put(request, peers));
  }

  @Override
  public void listBookmarks(
      ListBookmarksRequest request, StreamObserver<ListBookmarksResponse> responses) {
    Peers peers = ClientConnection.current().peers();
    unary.answer(responses, () -> bookmarks.list(request, peers));
  }

  @Override
  public void deleteBookmark(
      DeleteBookmarkRequest request, StreamObserver<DeleteBookmarkResponse> responses) {
    Peers peers = ClientConnection.current().peers();
    unary.answer(responses, () -> bookmarks.delete(request, peers));
  }
}
