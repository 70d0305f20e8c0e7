package dev.funes.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.funes.proto.v1.CommitOffsetsRequest;
import dev.funes.proto.v1.DeleteBookmarkRequest;
import dev.funes.proto.v1.Error;
import dev.funes.proto.v1.ErrorCode;
import dev.funes.proto.v1.FetchOffsetsRequest;
import dev.funes.proto.v1.ListBookmarksRequest;
import dev.funes.proto.v1.OffsetCause;
import dev.funes.proto.v1.OffsetHistoryRequest;
import dev.funes.proto.v1.OffsetServiceGrpc;
import dev.funes.proto.v1.OffsetServiceGrpc.OffsetServiceBlockingStub;
import dev.funes.proto.v1.OffsetTarget;
import dev.funes.proto.v1.OffsetTargets;
import dev.funes.proto.v1.PutBookmarkRequest;
import dev.funes.proto.v1.ResetOffsetsRequest;
import dev.funes.proto.v1.ResetTopic;
import dev.funes.proto.v1.StoredOffset;
import dev.funes.server.testing.FunesCluster;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Wrong requests about the memory of stored offsets get one clear error and change nothing. */
class OffsetBadInputTest {
  @RegisterExtension final FunesCluster node = FunesCluster.ofNodes(1);

  private static final String GROUP = "g";
  private static final List<String> BAD_NAMES =
      List.of("", "a/b", "..", "a\u0000b", "x".repeat(250), "é");

  private ManagedChannel channel;
  private OffsetServiceBlockingStub offsets;

  @BeforeEach
  void connect() {
    channel = NettyChannelBuilder.forTarget(node.address(1)).usePlaintext().build();
    offsets = OffsetServiceGrpc.newBlockingStub(channel);
    TestTopics.create(channel, "t", 2);
    StoredOffset stored = StoredOffset.newBuilder().setTopic("t").setOffset(0).build();
    var _ =
        offsets.commitOffsets(
            CommitOffsetsRequest.newBuilder().setGroup(GROUP).addOffsets(stored).build());
  }

  @AfterEach
  void nothingHasChangedAndTheConnectionLives() throws InterruptedException {
    assertThat(
            offsets
                .offsetHistory(OffsetHistoryRequest.newBuilder().setGroup(GROUP).build())
                .getEntriesList())
        .hasSize(1);
    assertThat(
            offsets
                .listBookmarks(ListBookmarksRequest.newBuilder().setGroup(GROUP).build())
                .getBookmarksList())
        .isEmpty();
    channel.shutdownNow();
    channel.awaitTermination(5, TimeUnit.SECONDS);
  }

  @Test
  void resets() {
    refused(reset(), ErrorCode.INVALID_ARGUMENT, "to");
    refused(reset().setStart(false), ErrorCode.INVALID_ARGUMENT, "to");
    refused(reset().setUndo(false), ErrorCode.INVALID_ARGUMENT, "to");
    refused(reset().setOffset(-1), ErrorCode.INVALID_ARGUMENT, "to");
    refused(reset().setTimestampMillis(-1), ErrorCode.INVALID_ARGUMENT, "to");
    refused(reset().setUndo(true), ErrorCode.NOTHING_TO_UNDO, "");
    refused(reset().setUndo(true).setGroup("nobody"), ErrorCode.UNKNOWN_GROUP, "group");
    refused(reset().setStart(true).setGroup("nobody"), ErrorCode.UNKNOWN_GROUP, "group");
    for (String name : BAD_NAMES) {
      refused(reset().setStart(true).setGroup(name), ErrorCode.INVALID_ARGUMENT, "group");
      refused(reset().setBookmark(name), ErrorCode.INVALID_ARGUMENT, "bookmark");
    }
    refused(reset().setBookmark("none"), ErrorCode.UNKNOWN_BOOKMARK, "bookmark");
    refused(reset().setStart(true).addTopics(topic("nowhere")), ErrorCode.UNKNOWN_TOPIC, "topic");
    refused(
        reset().setStart(true).addTopics(topic("t").addPartitions(2)),
        ErrorCode.UNKNOWN_PARTITION,
        "partition");
    refused(
        reset().setShiftBy(1).addTopics(topic("t").addPartitions(1)),
        ErrorCode.INVALID_ARGUMENT,
        "shift_by");
    for (OffsetCause cause :
        List.of(
            OffsetCause.OFFSET_CAUSE_COMMIT,
            OffsetCause.OFFSET_CAUSE_UNDO,
            OffsetCause.OFFSET_CAUSE_DELETE)) {
      refused(reset().setStart(true).setCause(cause), ErrorCode.INVALID_ARGUMENT, "cause");
    }
    refused(reset().setStart(true).setCauseValue(99), ErrorCode.INVALID_ARGUMENT, "cause");
    refused(
        reset().setUndo(true).setCause(OffsetCause.OFFSET_CAUSE_IMPORT),
        ErrorCode.INVALID_ARGUMENT,
        "cause");
    refused(reset().setUndo(true).addTopics(topic("t")), ErrorCode.INVALID_ARGUMENT, "topics");
  }

  @Test
  void explicitTargets() {
    refused(targets(), ErrorCode.INVALID_ARGUMENT, "targets");
    refused(targets(target("nowhere", 0, 1)), ErrorCode.UNKNOWN_TOPIC, "topic");
    refused(targets(target("a/b", 0, 1)), ErrorCode.INVALID_ARGUMENT, "topic");
    refused(
        targets(target("t", 0, 0), target("t", 2, 1)), ErrorCode.UNKNOWN_PARTITION, "partition");
    refused(targets(target("t", -1, 1)), ErrorCode.UNKNOWN_PARTITION, "partition");
    refused(
        targets(target("t", 0, 0), target("t", 1, -1)),
        ErrorCode.INVALID_ARGUMENT,
        "targets[1].offset");
    refused(
        targets(target("t", 0, 0), target("t", 0, 0)), ErrorCode.INVALID_ARGUMENT, "targets[1]");
    refused(targets(target("t", 0, 0)).addTopics(topic("t")), ErrorCode.INVALID_ARGUMENT, "topics");
    OffsetTarget[] tooMany = new OffsetTarget[20_001];
    Arrays.fill(tooMany, target("t", 0, 0));
    refused(targets(tooMany), ErrorCode.INVALID_ARGUMENT, "targets");
  }

  @Test
  void moments() {
    refused(() -> offsets.fetchOffsets(fetch().setHistoryId(2).build()), "history_id");
    refused(() -> offsets.fetchOffsets(fetch().setHistoryId(-1).build()), "history_id");
    refused(() -> offsets.fetchOffsets(fetch().setTimestampMillis(-1).build()), "timestamp_millis");
    refused(
        () -> offsets.fetchOffsets(fetch().setBookmark("none").build()),
        ErrorCode.UNKNOWN_BOOKMARK,
        "bookmark");
    refused(
        () -> offsets.fetchOffsets(fetch().setGroup("nobody").setHistoryId(0).build()),
        ErrorCode.UNKNOWN_GROUP,
        "group");
    OffsetHistoryRequest.Builder history = OffsetHistoryRequest.newBuilder().setGroup(GROUP);
    refused(() -> offsets.offsetHistory(history.clone().setCountMax(1_001).build()), "count_max");
    refused(() -> offsets.offsetHistory(history.clone().setCountMax(-1).build()), "count_max");
    refused(() -> offsets.offsetHistory(history.clone().setBeforeId(-1).build()), "before_id");
    refused(() -> offsets.offsetHistory(history.clone().setGroup("a/b").build()), "group");
    refused(
        () -> offsets.offsetHistory(history.clone().setGroup("nobody").build()),
        ErrorCode.UNKNOWN_GROUP,
        "group");
  }

  @Test
  void bookmarks() {
    for (String name : BAD_NAMES) {
      refused(() -> offsets.putBookmark(put().setName(name).build()), "name");
      refused(() -> offsets.deleteBookmark(delete().setName(name).build()), "name");
    }
    refused(
        () -> offsets.putBookmark(put().setName("n").setGroup("nobody").build()),
        ErrorCode.UNKNOWN_GROUP,
        "group");
    refused(
        () -> offsets.deleteBookmark(delete().setName("n").build()),
        ErrorCode.UNKNOWN_BOOKMARK,
        "bookmark");
    refused(
        () -> offsets.deleteBookmark(delete().setName("n").setGroup("nobody").build()),
        ErrorCode.UNKNOWN_GROUP,
        "group");
    refused(
        () -> offsets.listBookmarks(ListBookmarksRequest.newBuilder().setGroup("nobody").build()),
        ErrorCode.UNKNOWN_GROUP,
        "group");
  }

  private void refused(ResetOffsetsRequest.Builder request, ErrorCode code, String field) {
    refused(() -> offsets.resetOffsets(request.build()), code, field);
    refused(() -> offsets.resetOffsets(request.setDryRun(true).build()), code, field);
  }

  private static void refused(Runnable call, String field) {
    refused(call, ErrorCode.INVALID_ARGUMENT, field);
  }

  private static void refused(Runnable call, ErrorCode code, String field) {
    assertThatThrownBy(call::run)
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> {
              Error error = ErrorMapping.error(e);
              assertThat(error.getCode()).as(error.getMessage()).isEqualTo(code);
              assertThat(error.getField()).as(error.getMessage()).isEqualTo(field);
              assertThat(error.getMessage()).doesNotContain("\n");
            });
  }

  private static ResetOffsetsRequest.Builder reset() {
    return ResetOffsetsRequest.newBuilder().setGroup(GROUP);
  }

  private static ResetOffsetsRequest.Builder targets(OffsetTarget... targets) {
    return reset().setTargets(OffsetTargets.newBuilder().addAllTargets(List.of(targets)));
  }

  private static OffsetTarget target(String topic, int partition, long offset) {
    return OffsetTarget.newBuilder()
        .setTopic(topic)
        .setPartition(partition)
        .setOffset(offset)
        .build();
  }

  private static ResetTopic.Builder topic(String name) {
    return ResetTopic.newBuilder().setTopic(name);
  }

  private static FetchOffsetsRequest.Builder fetch() {
    return FetchOffsetsRequest.newBuilder().setGroup(GROUP);
  }

  private static PutBookmarkRequest.Builder put() {
    return PutBookmarkRequest.newBuilder().setGroup(GROUP);
  }

  private static DeleteBookmarkRequest.Builder delete() {
    return DeleteBookmarkRequest.newBuilder().setGroup(GROUP);
  }
}
