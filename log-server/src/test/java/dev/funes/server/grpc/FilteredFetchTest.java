package dev.funes.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.funes.proto.v1.Error;
import dev.funes.proto.v1.ErrorCode;
import dev.funes.proto.v1.FetchFormat;
import dev.funes.proto.v1.FetchPartition;
import dev.funes.proto.v1.FetchRequest;
import dev.funes.proto.v1.FetchResponse;
import dev.funes.proto.v1.LogServiceGrpc;
import dev.funes.proto.v1.ProduceRequest;
import dev.funes.proto.v1.Record;
import dev.funes.record.Compression;
import dev.funes.record.RecordBatchBuilder;
import dev.funes.server.FunesNode;
import dev.funes.server.testing.FunesCluster;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What does not match is not sent, and everybody knows how far was looked. */
class FilteredFetchTest {
  private static final int MIB = 1 << 20;

  @RegisterExtension
  static final FunesCluster CLUSTER = FunesCluster.ofNodes(3).withReplicationFactor(1);

  private final List<ManagedChannel> channels = new ArrayList<>();
  private ManagedChannel channel;

  @BeforeEach
  void connect() {
    channel = connect(1);
  }

  @AfterEach
  void disconnect() {
    channels.forEach(ManagedChannel::shutdownNow);
  }

  @ParameterizedTest
  @EnumSource(Compression.class)
  void onlyWhatMatchesIsSent(Compression compression) throws InterruptedException {
    String topic = "codec-" + compression.name().toLowerCase(Locale.ROOT);
    create(topic, 1);
    for (int batch = 0; batch < 5; batch++) {
      int first = batch * 100;
      append(topic, 0, compression, 100, i -> "{\"n\": " + (first + i) + "}");
    }

    Read read = read(fetch(topic, "json.n % 50 == 7"));

    assertThat(read.offsets)
        .containsExactlyElementsOf(
            IntStream.range(0, 500).filter(i -> i % 50 == 7).mapToObj(i -> (long) i).toList());
    assertThat(read.next).isEqualTo(500);
  }

  @Test
  void partitionsOnOtherNodesAreFilteredThere() throws InterruptedException {
    create("spread", 9);
    for (int partition = 0; partition < 9; partition++) {
      append("spread", partition, Compression.NONE, 10, i -> "v" + i);
    }
    FetchRequest.Builder request = fetch("spread", "value == 'v3'").clearPartitions();
    for (int partition = 0; partition < 9; partition++) {
      request.addPartitions(FetchPartition.newBuilder().setTopic("spread").setPartition(partition));
    }

    Read read = read(request);

    assertThat(read.offsets).hasSize(9).containsOnly(3L);
    assertThat(read.ends).isEqualTo(9);
  }

  @Test
  void aFilterThatNeverMatchesTellsHowFarItIs() throws InterruptedException {
    create("never", 1);
    for (int batch = 0; batch < 8; batch++) {
      append("never", 0, Compression.NONE, 100, i -> "x".repeat(10_000));
    }

    Read read = read(fetch("never", "value.contains('y')"));

    assertThat(read.offsets).isEmpty();
    assertThat(read.next).isEqualTo(800);
    // 8 MB in pieces of at most one.
    assertThat(read.progress).hasSizeGreaterThanOrEqualTo(7).isSorted();
  }

  @Test
  void aBatchThatIsLargeWhenDecodedIsLookedAtInPieces() throws InterruptedException {
    create("dense", 1);
    append("dense", 0, Compression.ZSTD, 1_400, i -> "x".repeat(10_000));

    Read read = read(fetch("dense", "offset == 1399"));

    assertThat(read.offsets).containsExactly(1_399L);
    assertThat(read.next).isEqualTo(1_400);
    assertThat(read.progress).hasSizeBetween(2, 20).isSorted();
  }

  @Test
  void followingGoesOnWithWhatComesAndMatches() throws InterruptedException {
    create("followed", 1);
    append("followed", 0, Compression.NONE, 3, i -> "old");
    Iterator<FetchResponse> responses =
        LogServiceGrpc.newBlockingStub(channel)
            .fetch(fetch("followed", "value == 'new'").setFollow(true).build());

    assertThat(responses.next().getNextOffset()).isEqualTo(3);
    append("followed", 0, Compression.NONE, 2, i -> "old");
    assertThat(responses.next().hasProgress()).isTrue();
    append("followed", 0, Compression.NONE, 2, i -> i == 0 ? "new" : "old");

    FetchResponse found = responses.next();
    assertThat(found.getRecords().getRecordsList())
        .extracting(Record::getOffset)
        .containsExactly(5L);
    assertThat(found.getNextOffset()).isEqualTo(7);
  }

  @Test
  void itBeginsAndStopsWhereItShall() throws InterruptedException {
    create("part", 1);
    append("part", 0, Compression.LZ4, 100, i -> "v");
    FetchRequest.Builder request =
        fetch("part", "offset % 10 == 0")
            .setPartitions(
                0, FetchPartition.newBuilder().setTopic("part").setOffset(15).setUntilOffset(40));

    Read read = read(request);

    assertThat(read.offsets).containsExactly(20L, 30L);
    assertThat(read.next).isEqualTo(40);
  }

  @Test
  void largeValuesThatAreNoJsonMatchNothing() throws InterruptedException {
    create("large", 1);
    append("large", 0, Compression.NONE, 1, i -> "[".repeat(900_000));
    append("large", 0, Compression.NONE, 1, i -> "{\"a\":[" + "1,".repeat(400_000) + "1]}");
    append("large", 0, Compression.NONE, 1, i -> "{\"a\":\"" + "z".repeat(900_000) + "\"}");

    assertThat(read(fetch("large", "json.a != 0")).offsets).containsExactly(1L, 2L);
    assertThat(read(fetch("large", "json.b == 1")).next).isEqualTo(3);
  }

  @Test
  void aFilterThatCostsTooMuchEndsThePartitionAndNamesTheRecord() throws InterruptedException {
    create("costly", 1);
    append("costly", 0, Compression.NONE, 5, i -> i < 3 ? "[1]" : "[" + "1,".repeat(20_000) + "1]");

    Read read = read(fetch("costly", "json.all(each, each == 1)"));

    assertThat(read.offsets).containsExactly(0L, 1L, 2L);
    assertThat(read.errors)
        .singleElement()
        .satisfies(
            error -> {
              assertThat(error.getCode()).isEqualTo(ErrorCode.LIMIT_EXCEEDED);
              assertThat(error.getField()).isEqualTo("filter");
              assertThat(error.getMessage()).contains("offset 3 of costly-0");
            });
  }

  @Test
  void whatComesBeforeADamagedBatchIsStillSent() throws Exception {
    create("damaged", 1);
    append("damaged", 0, Compression.NONE, 10, i -> "sound");
    long sound = logBytes("damaged");
    append("damaged", 0, Compression.NONE, 10, i -> "spoilt");
    for (Path log : logs("damaged")) {
      try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "rw")) {
        file.seek(sound + 100);
        int old = file.read();
        file.seek(sound + 100);
        file.write(old ^ 1);
      }
    }

    Read read = read(fetch("damaged", "offset % 2 == 0"));

    assertThat(read.offsets).containsExactly(0L, 2L, 4L, 6L, 8L);
    assertThat(read.next).isEqualTo(10);
    assertThat(read.errors)
        .singleElement()
        .satisfies(
            error -> {
              // No replica has it whole; it may be repaired, so that asking again can help.
              assertThat(error.getCode()).isEqualTo(ErrorCode.UNAVAILABLE);
              assertThat(error.getMessage()).contains("damaged at offset 10");
            });
  }

  private static long logBytes(String topic) throws IOException {
    long bytes = 0;
    for (Path log : logs(topic)) {
      bytes = Math.max(bytes, Files.size(log));
    }
    return bytes;
  }

  private static List<Path> logs(String topic) throws IOException {
    List<Path> logs = new ArrayList<>();
    for (FunesNode node : CLUSTER.nodes()) {
      try (Stream<Path> files = Files.walk(node.config().data())) {
        files
            .filter(file -> file.toString().contains("/partitions/" + topic + "-0."))
            .filter(file -> file.toString().endsWith(".log"))
            .forEach(logs::add);
      }
    }
    assertThat(logs).isNotEmpty();
    return logs;
  }

  @Test
  void aWrongFilterIsOneClearError() {
    create("wrong", 1);
    assertInvalid(fetch("wrong", "key = 'a'"), "filter 1:5: unexpected '='; to compare, use '=='");
    assertInvalid(
        fetch("wrong", "key == 'a'").setFormat(FetchFormat.FETCH_FORMAT_BATCHES),
        "filter needs the format FETCH_FORMAT_RECORDS");
    assertInvalid(
        fetch("wrong", "key == '" + "a".repeat(5_000) + "'"),
        "filter 1:1: the expression has 5009 characters, more than 4096");
    assertInvalid(fetch("wrong", " "), "filter 1:1: the expression is empty");
    assertThat(read(fetch("wrong", "true")).ends).isEqualTo(1);
  }

  @Test
  void expensiveFiltersLeaveOthersAlone() throws InterruptedException {
    create("slow", 1);
    for (int i = 0; i < 10; i++) {
      append("slow", 0, Compression.NONE, 1, each -> "a".repeat(900_000));
    }
    String expensive = "value.matches('(a|aa)*(a|aa)*b') && value.matches('(a|ab)*(a|ab)*c')";
    List<Iterator<FetchResponse>> slow = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      slow.add(LogServiceGrpc.newBlockingStub(channel).fetch(fetch("slow", expensive).build()));
    }

    Iterator<FetchResponse> all =
        LogServiceGrpc.newBlockingStub(connect(1))
            .fetch(
                FetchRequest.newBuilder()
                    .addPartitions(FetchPartition.newBuilder().setTopic("slow"))
                    .build());
    long bytes = 0;
    while (all.hasNext()) {
      bytes += all.next().getBatches().size();
    }

    assertThat(bytes).isGreaterThan(9_000_000);
    assertThat(slow).hasSize(20); // still at it, or waiting for their turn
  }

  /** What a fetch brought. */
  private static final class Read {
    final List<Long> offsets = new ArrayList<>();
    final List<Long> progress = new ArrayList<>();
    final List<Error> errors = new ArrayList<>();
    long next;
    int ends;
  }

  private Read read(FetchRequest.Builder request) {
    Read read = new Read();
    LogServiceGrpc.newBlockingStub(channel)
        .fetch(request.build())
        .forEachRemaining(
            response -> {
              switch (response.getOutcomeCase()) {
                case RECORDS -> {
                  assertThat(response.getSerializedSize()).isLessThan(3 * MIB);
                  response.getRecords().getRecordsList().stream()
                      .map(Record::getOffset)
                      .forEach(read.offsets::add);
                  read.next = response.getNextOffset();
                }
                case PROGRESS -> {
                  read.progress.add(response.getNextOffset());
                  read.next = response.getNextOffset();
                }
                case END_REACHED -> {
                  assertThat(response.getEndReached().getNextOffset()).isEqualTo(read.next);
                  read.ends++;
                }
                case ERROR -> read.errors.add(response.getError());
                case BATCHES, OUT_OF_RANGE, OUTCOME_NOT_SET -> throw new AssertionError(response);
              }
            });
    return read;
  }

  private void assertInvalid(FetchRequest.Builder request, String message) {
    assertThatThrownBy(() -> read(request))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> {
              Error error = Objects.requireNonNull(ErrorMapping.detail(e));
              assertThat(error.getCode()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
              assertThat(error.getField()).isEqualTo("filter");
              assertThat(error.getMessage()).isEqualTo(message);
            });
  }

  private static FetchRequest.Builder fetch(String topic, String filter) {
    return FetchRequest.newBuilder()
        .addPartitions(FetchPartition.newBuilder().setTopic(topic))
        .setFormat(FetchFormat.FETCH_FORMAT_RECORDS)
        .setFilter(filter);
  }

  private void append(
      String topic, int partition, Compression compression, int count, IntFunction<String> values)
      throws InterruptedException {
    RecordBatchBuilder builder = new RecordBatchBuilder(compression, 15 * MIB);
    for (int i = 0; i < count; i++) {
      byte[] value = values.apply(i).getBytes(StandardCharsets.UTF_8);
      assertThat(builder.append(1_000 + i, null, value, List.of())).isTrue();
    }
    ProduceRequest.Builder request =
        ProduceCalls.batch(topic, builder.build()).setPartition(partition);
    try (ProduceCalls calls = new ProduceCalls(channel)) {
      // A leader may be new, and the topic not known to it yet.
      await().untilAsserted(() -> assertThat(calls.ask(request).hasAppended()).isTrue());
    }
  }

  private ManagedChannel connect(int node) {
    ManagedChannel opened =
        NettyChannelBuilder.forTarget(CLUSTER.address(node)).usePlaintext().build();
    channels.add(opened);
    return opened;
  }

  private void create(String topic, int partitions) {
    TestTopics.create(channel, topic, partitions);
  }
}
