package dev.funes.server.grpc;

import dev.funes.proto.v1.Bookmark;
import dev.funes.proto.v1.DeleteBookmarkRequest;
import dev.funes.proto.v1.DeleteBookmarkResponse;
import dev.funes.proto.v1.ListBookmarksRequest;
import dev.funes.proto.v1.ListBookmarksResponse;
import dev.funes.proto.v1.OffsetServiceGrpc;
import dev.funes.proto.v1.OffsetServiceGrpc.OffsetServiceStub;
import dev.funes.proto.v1.PutBookmarkRequest;
import dev.funes.proto.v1.PutBookmarkResponse;
import dev.funes.replication.Outcome;
import dev.funes.replication.Replica;
import java.util.concurrent.CompletableFuture;

/** Names for the stored offsets of a consumer group at one time. */
final class Bookmarks {
  private static final String NAME = "name";

  private final Replica replica;
  private final GroupRouting routing;
  private final GroupStates states;

  Bookmarks(Replica replica, GroupRouting routing, GroupStates states) {
    this.replica = replica;
    this.routing = routing;
    this.states = states;
  }

  CompletableFuture<PutBookmarkResponse> put(PutBookmarkRequest request, Peers peers) {
    GroupRouting.requireName(request.getGroup());
    GroupRouting.requireName(NAME, request.getName());
    return routing.route(
        request.getGroup(),
        request.getForwarded(),
        () -> put(request),
        leader ->
            peers.<OffsetServiceStub, PutBookmarkResponse>write(
                leader,
                OffsetServiceGrpc::newStub,
                (stub, answer) ->
                    stub.putBookmark(request.toBuilder().setForwarded(true).build(), answer)));
  }

  private CompletableFuture<PutBookmarkResponse> put(PutBookmarkRequest request) {
    String group = request.getGroup();
    String name = request.getName();
    return replica
        .putBookmark(group, name, request.getReplace())
        .thenApply(
            outcome -> {
              requireDone(group, name, outcome);
              return PutBookmarkResponse.newBuilder()
                  .setBookmark(message(PastOffsets.bookmark(states.applied(group), group, name)))
                  .build();
            });
  }

  CompletableFuture<ListBookmarksResponse> list(ListBookmarksRequest request, Peers peers) {
    GroupRouting.requireName(request.getGroup());
    return routing.route(
        request.getGroup(),
        request.getForwarded(),
        () -> list(request.getGroup()),
        leader ->
            peers.<OffsetServiceStub, ListBookmarksResponse>read(
                leader,
                OffsetServiceGrpc::newStub,
                (stub, answer) ->
                    stub.listBookmarks(request.toBuilder().setForwarded(true).build(), answer)));
  }

  private CompletableFuture<ListBookmarksResponse> list(String group) {
    return states
        .current(group)
        .thenApply(
            state -> {
              GroupStates.requireKnown(state, group);
              ListBookmarksResponse.Builder response = ListBookmarksResponse.newBuilder();
              state.bookmarks(group).forEach(each -> response.addBookmarks(message(each)));
              return response.build();
            });
  }

  CompletableFuture<DeleteBookmarkResponse> delete(DeleteBookmarkRequest request, Peers peers) {
    GroupRouting.requireName(request.getGroup());
    GroupRouting.requireName(NAME, request.getName());
    return routing.route(
        request.getGroup(),
        request.getForwarded(),
        () -> delete(request.getGroup(), request.getName()),
        leader ->
            peers.<OffsetServiceStub, DeleteBookmarkResponse>write(
                leader,
                OffsetServiceGrpc::newStub,
                (stub, answer) ->
                    stub.deleteBookmark(request.toBuilder().setForwarded(true).build(), answer)));
  }

  private CompletableFuture<DeleteBookmarkResponse> delete(String group, String name) {
    return states
        .current(group)
        .thenCompose(
            state -> {
              GroupStates.requireKnown(state, group);
              return replica.deleteBookmark(group, name);
            })
        .thenApply(
            outcome -> {
              requireDone(group, name, outcome);
              return DeleteBookmarkResponse.getDefaultInstance();
            });
  }

  /** Of what can go wrong, these two name the bookmark. */
  private void requireDone(String group, String name, Outcome outcome) {
    if (outcome instanceof Outcome.BookmarkExists) {
      throw new RequestProblem(Errors.bookmarkExists(group, name));
    }
    if (outcome instanceof Outcome.UnknownBookmark) {
      throw new RequestProblem(Errors.unknownBookmark(group, name));
    }
    OutcomeMapping.requireDone(replica.placement(), group, outcome);
  }

  private Bookmark message(dev.funes.state.Bookmark bookmark) {
    return Bookmark.newBuilder()
        .setName(bookmark.name())
        .setTimeMillis(bookmark.timeMillis())
        .addAllOffsets(states.messages(bookmark.offsets()))
        .build();
  }
}
