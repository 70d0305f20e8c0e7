package dev.funes.server.grpc;

import static dev.funes.server.grpc.ProduceCalls.batch;
import static dev.funes.server.grpc.ProduceCalls.batchOf;
import static dev.funes.server.grpc.ProduceCalls.plain;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.funes.cluster.PartitionId;
import dev.funes.proto.v1.CommitOffsetsRequest;
import dev.funes.proto.v1.CreateTopicRequest;
import dev.funes.proto.v1.DeleteTopicRequest;
import dev.funes.proto.v1.Error;
import dev.funes.proto.v1.ErrorCode;
import dev.funes.proto.v1.FetchPartition;
import dev.funes.proto.v1.FetchRequest;
import dev.funes.proto.v1.FetchResponse;
import dev.funes.proto.v1.GroupServiceGrpc;
import dev.funes.proto.v1.Header;
import dev.funes.proto.v1.ListGroupsRequest;
import dev.funes.proto.v1.ListOffsetsPartition;
import dev.funes.proto.v1.ListOffsetsRequest;
import dev.funes.proto.v1.ListTopicsRequest;
import dev.funes.proto.v1.LogServiceGrpc;
import dev.funes.proto.v1.OffsetServiceGrpc;
import dev.funes.proto.v1.ProduceRequest;
import dev.funes.proto.v1.ProduceResponse;
import dev.funes.proto.v1.Record;
import dev.funes.proto.v1.RecordList;
import dev.funes.proto.v1.ResetOffsetsRequest;
import dev.funes.proto.v1.StoredOffset;
import dev.funes.proto.v1.TopicServiceGrpc;
import dev.funes.proto.v1.TopicSettings;
import dev.funes.replication.Command;
import dev.funes.replication.DataGroup;
import dev.funes.replication.Outcome;
import dev.funes.replication.Replica;
import dev.funes.server.testing.FunesCluster;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Each mistake gets one clear error, writes nothing, and leaves stream, connection and node. */
class BadInputTest {
  @RegisterExtension static final FunesCluster NODE = FunesCluster.ofNodes(1);

  private static final String TOPIC = "there";
  private static final List<String> BAD_NAMES =
      List.of("", "a/b", "..", ".", "a\u0000b", "x".repeat(250), "a\nb", "../../etc", "é");

  private ManagedChannel channel;

  @BeforeEach
  void connect() {
    String address = NODE.address(1);
    channel = NettyChannelBuilder.forTarget(address).usePlaintext().build();
    TopicServiceGrpc.TopicServiceBlockingStub topics = TopicServiceGrpc.newBlockingStub(channel);
    if (topics.listTopics(ListTopicsRequest.getDefaultInstance()).getTopicsList().stream()
        .noneMatch(topic -> topic.getName().equals(TOPIC))) {
      var _ = topics.createTopic(create(TOPIC).setPartitionCount(2).build());
    }
  }

  @AfterEach
  void disconnect() throws InterruptedException {
    channel.shutdownNow();
    channel.awaitTermination(5, TimeUnit.SECONDS);
  }

  @Test
  void appendingWhereThePartitionDoesNotEnd() throws InterruptedException {
    long before = end();
    try (ProduceCalls calls = new ProduceCalls(channel)) {
      assertError(
          calls.ask(plain(TOPIC, 0, "x").setExpectedOffset(-1)),
          ErrorCode.INVALID_ARGUMENT,
          "expected_offset");
      for (long expected : new long[] {before + 1, Long.MAX_VALUE}) {
        ProduceResponse conflict = calls.ask(plain(TOPIC, 0, "x").setExpectedOffset(expected));
        assertError(conflict, ErrorCode.OFFSET_CONFLICT, "expected_offset");
        assertThat(conflict.getError().getLimit()).isEqualTo(before);
        assertThat(conflict.getError().getMessage())
            .contains("ends at offset " + before)
            .contains("expected " + expected);
      }
      assertThat(end()).isEqualTo(before);

      ProduceResponse fits = calls.ask(plain(TOPIC, 0, "x").setExpectedOffset(before));
      assertThat(fits.getAppended().getBaseOffset()).isEqualTo(before);
      ProduceResponse late = calls.ask(plain(TOPIC, 0, "y").setExpectedOffset(before));
      assertThat(late.getError().getLimit()).isEqualTo(before + 1);
    }
  }

  @Test
  void producing() throws InterruptedException {
    long before = end();
    try (ProduceCalls calls = new ProduceCalls(channel)) {
      assertError(calls.ask(plain("nowhere", 0, "x")), ErrorCode.UNKNOWN_TOPIC, "topic");
      assertError(calls.ask(plain(TOPIC, 2, "x")), ErrorCode.UNKNOWN_PARTITION, "partition");
      assertError(calls.ask(plain(TOPIC, -1, "x")), ErrorCode.UNKNOWN_PARTITION, "partition");
      for (String name : BAD_NAMES) {
        assertError(calls.ask(plain(name, 0, "x")), ErrorCode.INVALID_ARGUMENT, "topic");
      }
      assertError(
          calls.ask(ProduceRequest.newBuilder().setTopic(TOPIC)),
          ErrorCode.INVALID_ARGUMENT,
          "payload");
      assertError(
          calls.ask(records(RecordList.getDefaultInstance())),
          ErrorCode.INVALID_ARGUMENT,
          "records");
      assertError(
          calls.ask(records(list(Record.newBuilder().addHeaders(Header.getDefaultInstance())))),
          ErrorCode.INVALID_ARGUMENT,
          "records[0].headers");
      assertError(
          calls.ask(records(list(Record.newBuilder().setTimestampMillis(-5)))),
          ErrorCode.INVALID_ARGUMENT,
          "records[0].timestamp_millis");

      ProduceResponse good = calls.ask(plain(TOPIC, 0, "good"));
      assertThat(good.getAppended().getBaseOffset()).isEqualTo(before);
    }
    assertThat(end()).isEqualTo(before + 1);
  }

  @Test
  void damagedBatches() throws InterruptedException {
    long before = end();
    try (ProduceCalls calls = new ProduceCalls(channel)) {
      assertError(calls.ask(changed(17, 1)), ErrorCode.CORRUPT_BATCH, "batch.crc");
      assertError(calls.ask(changed(16, 1)), ErrorCode.CORRUPT_BATCH, "batch.magic");
      assertError(calls.ask(changed(70, 1)), ErrorCode.CORRUPT_BATCH, "batch.crc");
      assertError(calls.ask(changed(11, 1)), ErrorCode.CORRUPT_BATCH, "batch.");
      assertError(calls.ask(changed(8, 0x80)), ErrorCode.CORRUPT_BATCH, "batch.");
      assertError(
          calls.ask(withCrc(changedBytes(57 + 3, 7))),
          ErrorCode.CORRUPT_BATCH,
          "batch.recordCount");
      assertError(
          calls.ask(withCrc(changedBytes(22, 7))), ErrorCode.CORRUPT_BATCH, "batch.attributes");
      ByteBuffer whole = batchOf(10, 3);
      for (int length : new int[] {0, 1, 12, 60, 61, whole.limit() - 1}) {
        assertError(
            calls.ask(batch(TOPIC, whole.slice(0, length))), ErrorCode.CORRUPT_BATCH, "batch.");
      }

      assertThat(calls.ask(batch(TOPIC, whole)).getAppended().getBaseOffset()).isEqualTo(before);
    }
    assertThat(end()).isEqualTo(before + 3);
  }

  @Test
  void tooLarge() throws InterruptedException {
    long before = end();
    ApiLimits limits = ApiLimits.DEFAULTS;
    try (ProduceCalls calls = new ProduceCalls(channel)) {
      Error batchError =
          assertError(
              calls.ask(batch(TOPIC, batchOf(500_000, 9))), ErrorCode.BATCH_TOO_LARGE, "batch.");
      assertThat(batchError.getLimit()).isEqualTo(limits.batchBytesMax());
      Error recordError =
          assertError(
              calls.ask(batch(TOPIC, batchOf(limits.recordBytesMax() + 1, 1))),
              ErrorCode.RECORD_TOO_LARGE,
              "record.");
      assertThat(recordError.getLimit()).isEqualTo(limits.recordBytesMax());
      assertThat(recordError.getMessage()).contains("" + limits.recordBytesMax());
      assertError(
          calls.ask(plain(TOPIC, 0, "x".repeat(limits.recordBytesMax() + 1))),
          ErrorCode.RECORD_TOO_LARGE,
          "records[0]");

      assertThat(calls.ask(plain(TOPIC, 0, "good")).hasAppended()).isTrue();
    }
    try (ProduceCalls calls = new ProduceCalls(channel)) {
      calls.send(batch(TOPIC, batchOf(1_000_000, 9)));
      assertThatThrownBy(() -> calls.ended().get(20, TimeUnit.SECONDS))
          .hasMessageContaining("RESOURCE_EXHAUSTED");
    }
    assertThat(end()).isEqualTo(before + 1);
  }

  @Test
  void fetching() {
    long end = end();
    assertStatus(() -> fetch(FetchRequest.newBuilder()), ErrorCode.INVALID_ARGUMENT, "partitions");
    assertStatus(() -> fetch(part("a/b", 0, 0)), ErrorCode.INVALID_ARGUMENT, "partitions[0].topic");
    assertStatus(
        () -> fetch(part(TOPIC, 0, -1)), ErrorCode.INVALID_ARGUMENT, "partitions[0].offset");
    assertStatus(
        () -> fetch(part(TOPIC, 0, 0).addPartitions(part(TOPIC, 0, 0).getPartitions(0))),
        ErrorCode.INVALID_ARGUMENT,
        "partitions[1]");
    assertStatus(
        () -> fetch(part(TOPIC, 0, 0).setResponseBytesMax(-1)),
        ErrorCode.INVALID_ARGUMENT,
        "response_bytes_max");

    assertThat(fetch(part("nowhere", 0, 0)).getError().getCode())
        .isEqualTo(ErrorCode.UNKNOWN_TOPIC);
    assertThat(fetch(part(TOPIC, 9, 0)).getError().getCode())
        .isEqualTo(ErrorCode.UNKNOWN_PARTITION);
    for (boolean follow : new boolean[] {false, true}) {
      FetchResponse beyond = fetch(part(TOPIC, 0, end + 1).setFollow(follow));
      assertThat(beyond.getOutOfRange().getRequestedOffset()).isEqualTo(end + 1);
      assertThat(beyond.getEndOffset()).isEqualTo(end);
    }
    assertThat(fetch(part(TOPIC, 0, end)).getEndReached().getNextOffset()).isEqualTo(end);
  }

  @Test
  void fetchingWhatRetentionTook() throws Exception {
    var topics = TopicServiceGrpc.newBlockingStub(channel);
    TopicSettings small = TopicSettings.newBuilder().setSegmentBytes(1 << 20).build();
    long id =
        topics.createTopic(create("trimmed").setSettings(small).build()).getTopic().getTopicId();
    try (ProduceCalls calls = new ProduceCalls(channel)) {
      for (int i = 0; i < 3; i++) {
        assertThat(calls.ask(batch("trimmed", batchOf(700_000, 1))).hasAppended()).isTrue();
      }
    }
    Replica replica = NODE.node(1).replica();
    PartitionId partition = new PartitionId(id, 0);
    DataGroup group = replica.dataGroup(replica.placement().raftGroupOf(partition));
    assertThat(group).isNotNull();
    if (group != null) {
      assertThat(group.propose(new Command.TrimBefore(partition, 2)).get(20, TimeUnit.SECONDS))
          .isEqualTo(new Outcome.Done());
    }

    for (boolean follow : new boolean[] {false, true}) {
      FetchResponse below = fetch(part("trimmed", 0, 1).setFollow(follow));
      assertThat(below.getOutOfRange().getRequestedOffset()).isEqualTo(1);
      assertThat(below.getLogStartOffset()).isEqualTo(2);
      assertThat(below.getEndOffset()).isEqualTo(3);
    }
    assertThat(fetch(part("trimmed", 0, 2)).getBatches().size()).isGreaterThan(700_000);
    var _ = topics.deleteTopic(DeleteTopicRequest.newBuilder().setName("trimmed").build());
  }

  @Test
  void aReaderOfATopicThatIsDeletedIsTold() {
    var topics = TopicServiceGrpc.newBlockingStub(channel);
    var _ = topics.createTopic(create("doomed").build());
    Iterator<FetchResponse> responses =
        LogServiceGrpc.newBlockingStub(channel)
            .withDeadlineAfter(20, TimeUnit.SECONDS)
            .fetch(part("doomed", 0, 0).setFollow(true).build());

    var _ = topics.deleteTopic(DeleteTopicRequest.newBuilder().setName("doomed").build());

    assertThat(responses.next().getError().getCode()).isEqualTo(ErrorCode.UNKNOWN_TOPIC);
    assertThat(responses.hasNext()).isFalse();
  }

  @Test
  void topics() {
    TopicServiceGrpc.TopicServiceBlockingStub topics = TopicServiceGrpc.newBlockingStub(channel);
    for (String name : BAD_NAMES) {
      assertStatus(
          () -> topics.createTopic(create(name).build()), ErrorCode.INVALID_ARGUMENT, "name");
    }
    assertStatus(() -> topics.createTopic(create(TOPIC).build()), ErrorCode.TOPIC_EXISTS, "name");
    assertStatus(
        () -> topics.createTopic(create("t").setPartitionCount(-1).build()),
        ErrorCode.INVALID_ARGUMENT,
        "partition_count");
    Error limit =
        assertStatus(
            () -> topics.createTopic(create("t").setPartitionCount(20_001).build()),
            ErrorCode.LIMIT_EXCEEDED,
            "partition_count");
    assertThat(limit.getLimit()).isEqualTo(20_000);
    Map<String, TopicSettings> wrong =
        Map.of(
            "settings.segment_bytes",
            TopicSettings.newBuilder().setSegmentBytes(5).build(),
            "settings.segment_millis",
            TopicSettings.newBuilder().setSegmentMillis(0).build(),
            "settings.retention_millis",
            TopicSettings.newBuilder().setRetentionMillis(-2).build(),
            "settings.retention_bytes",
            TopicSettings.newBuilder().setRetentionBytes(-2).build());
    wrong.forEach(
        (field, settings) ->
            assertStatus(
                () -> topics.createTopic(create("t").setSettings(settings).build()),
                ErrorCode.INVALID_ARGUMENT,
                field));
    assertThat(topics.listTopics(ListTopicsRequest.getDefaultInstance()).getTopicsList())
        .hasSize(1);
  }

  @Test
  void offsets() {
    OffsetServiceGrpc.OffsetServiceBlockingStub offsets =
        OffsetServiceGrpc.newBlockingStub(channel);
    StoredOffset good = StoredOffset.newBuilder().setTopic(TOPIC).build();
    for (String name : List.of("", "a/b", "..", "x".repeat(250), "a\nb")) {
      assertStatus(
          () -> offsets.commitOffsets(commit(name, good)), ErrorCode.INVALID_ARGUMENT, "group");
    }
    assertStatus(
        () -> offsets.commitOffsets(CommitOffsetsRequest.newBuilder().setGroup("g").build()),
        ErrorCode.INVALID_ARGUMENT,
        "offsets");
    assertStatus(
        () -> offsets.commitOffsets(commit("g", good.toBuilder().setTopic("no").build())),
        ErrorCode.UNKNOWN_TOPIC,
        "topic");
    assertStatus(
        () -> offsets.commitOffsets(commit("g", good.toBuilder().setPartition(2).build())),
        ErrorCode.UNKNOWN_PARTITION,
        "partition");
    assertStatus(
        () -> offsets.commitOffsets(commit("g", good.toBuilder().setOffset(-1).build())),
        ErrorCode.INVALID_ARGUMENT,
        "offsets[0].offset");
    assertStatus(
        () -> offsets.commitOffsets(commit("g", good.toBuilder().setOffset(1L << 40).build())),
        ErrorCode.INVALID_ARGUMENT,
        "offsets[0].offset");
    assertStatus(
        () ->
            offsets.commitOffsets(
                commit("g", good.toBuilder().setMetadata("é".repeat(2_049)).build())),
        ErrorCode.INVALID_ARGUMENT,
        "offsets[0].metadata");
    assertStatus(
        () -> offsets.resetOffsets(ResetOffsetsRequest.newBuilder().setGroup("g").build()),
        ErrorCode.INVALID_ARGUMENT,
        "to");
    assertStatus(
        () ->
            offsets.resetOffsets(
                ResetOffsetsRequest.newBuilder().setGroup("g").setStart(true).build()),
        ErrorCode.UNKNOWN_GROUP,
        "group");
    assertThat(
            GroupServiceGrpc.newBlockingStub(channel)
                .listGroups(ListGroupsRequest.getDefaultInstance())
                .getGroupsList())
        .isEmpty();
  }

  private long end() {
    return LogServiceGrpc.newBlockingStub(channel)
        .listOffsets(
            ListOffsetsRequest.newBuilder()
                .addPartitions(ListOffsetsPartition.newBuilder().setTopic(TOPIC).setLatest(true))
                .build())
        .getOffsets(0)
        .getOffset();
  }

  private FetchResponse fetch(FetchRequest.Builder request) {
    return LogServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(20, TimeUnit.SECONDS)
        .fetch(request.build())
        .next();
  }

  private static FetchRequest.Builder part(String topic, int partition, long offset) {
    return FetchRequest.newBuilder()
        .addPartitions(
            FetchPartition.newBuilder().setTopic(topic).setPartition(partition).setOffset(offset));
  }

  private static CreateTopicRequest.Builder create(String name) {
    return CreateTopicRequest.newBuilder().setName(name);
  }

  private static CommitOffsetsRequest commit(String group, StoredOffset offset) {
    return CommitOffsetsRequest.newBuilder().setGroup(group).addOffsets(offset).build();
  }

  private static ProduceRequest.Builder records(RecordList list) {
    return ProduceRequest.newBuilder().setTopic(TOPIC).setRecords(list);
  }

  private static RecordList list(Record.Builder record) {
    return RecordList.newBuilder().addRecords(record.setValue(ByteString.EMPTY)).build();
  }

  private static ProduceRequest.Builder changed(int position, int mask) {
    return batch(TOPIC, changedBytes(position, mask));
  }

  /** One byte of a good batch, flipped. */
  private static ByteBuffer changedBytes(int position, int mask) {
    ByteBuffer bytes = batchOf(10, 3);
    return bytes.put(position, (byte) (bytes.get(position) ^ mask));
  }

  /** The checksum made right again, so that only the field is wrong. */
  private static ProduceRequest.Builder withCrc(ByteBuffer bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes.slice(21, bytes.limit() - 21));
    return batch(TOPIC, bytes.putInt(17, (int) crc.getValue()));
  }

  private static Error assertError(ProduceResponse response, ErrorCode code, String field) {
    Error error = response.getError();
    assertThat(error.getCode()).as("%s", response).isEqualTo(code);
    assertThat(error.getField()).as("%s", response).startsWith(field);
    assertThat(error.getMessage().lines()).as("%s", response).hasSize(1);
    return error;
  }

  private static Error assertStatus(Runnable call, ErrorCode code, String field) {
    try {
      call.run();
    } catch (StatusRuntimeException e) {
      Error error = ErrorMapping.detail(e);
      assertThat(error).as("%s", e).isNotNull();
      if (error == null) {
        throw e;
      }
      assertThat(error.getCode()).as("%s", error).isEqualTo(code);
      assertThat(error.getField()).as("%s", error).isEqualTo(field);
      assertThat(error.getMessage().lines()).as("%s", error).hasSize(1);
      assertThat(e.getStatus().getCode()).isNotEqualTo(Status.Code.OK);
      return error;
    }
    throw new AssertionError("expected " + code + " of " + field + ", was no error");
  }
}
