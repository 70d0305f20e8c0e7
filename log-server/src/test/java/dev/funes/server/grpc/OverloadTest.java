package dev.funes.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.funes.proto.v1.FetchFormat;
import dev.funes.proto.v1.FetchPartition;
import dev.funes.proto.v1.FetchRequest;
import dev.funes.proto.v1.FetchResponse;
import dev.funes.proto.v1.LogServiceGrpc;
import dev.funes.proto.v1.ProduceRequest;
import dev.funes.proto.v1.ProduceResponse;
import dev.funes.proto.v1.Record;
import dev.funes.record.Compression;
import dev.funes.record.RecordBatchBuilder;
import dev.funes.server.testing.FunesCluster;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import io.netty.util.internal.PlatformDependent;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** More than a node can take or give is slowed down: it is not refused, and not kept in memory. */
class OverloadTest {
  private static final int MIB = 1 << 20;

  @RegisterExtension
  static final FunesCluster NODE =
      FunesCluster.ofNodes(1).with(ApiLimits.DEFAULTS.withBytes(4 * MIB, 4 * MIB, 4 * MIB));

  private final List<ManagedChannel> channels = new ArrayList<>();

  @AfterEach
  void disconnect() {
    channels.forEach(ManagedChannel::shutdownNow);
  }

  @Test
  void consumersThatNeverReadHoldLittleMemoryAndHurtNobody() throws InterruptedException {
    create("unread");
    try (ProduceCalls calls = new ProduceCalls(connect())) {
      for (int i = 0; i < 240; i++) {
        ProduceRequest.Builder batch =
            ProduceCalls.batch("unread", ProduceCalls.batchOf(50_000, 2));
        assertThat(calls.ask(batch).hasAppended()).isTrue();
      }
    }
    FetchRequest all = fetch("unread").build();
    long before = PlatformDependent.usedDirectMemory();
    // Opened and not read: a blocking iterator asks for one message at a time.
    for (int i = 0; i < 90; i++) {
      if (i % 30 == 0) {
        connect();
      }
      Iterator<FetchResponse> unread =
          LogServiceGrpc.newBlockingStub(channels.getLast()).fetch(all);
      assertThat(unread.hasNext()).isTrue();
    }
    // 2 GB could be sent, and 90 pieces of 1 MiB and more would wait if each stream had its own.
    assertThat(PlatformDependent.usedDirectMemory() - before).isLessThan(64L * MIB);

    Iterator<FetchResponse> read = LogServiceGrpc.newBlockingStub(connect()).fetch(all);
    long bytes = 0;
    while (read.hasNext()) {
      bytes += read.next().getBatches().size();
    }
    assertThat(bytes).isGreaterThan(24_000_000);
  }

  @Test
  void producersThatSendFasterThanTheNodeTakesAreSlowedDownAndNotRefused() {
    create("flood");
    int producers = 20;
    int requests = 60;
    ByteBuffer batch = ProduceCalls.batchOf(100_000, 1);
    AtomicInteger appended = new AtomicInteger();
    Queue<Object> refused = new ConcurrentLinkedQueue<>();
    for (int i = 0; i < producers; i++) {
      StreamObserver<ProduceRequest> stream =
          LogServiceGrpc.newStub(connect())
              .produce(
                  new StreamObserver<>() {
                    @Override
                    public void onNext(ProduceResponse response) {
                      if (response.hasAppended()) {
                        appended.incrementAndGet();
                      } else {
                        refused.add(response.getError());
                      }
                    }

                    @Override
                    public void onError(Throwable failure) {
                      refused.add(failure);
                    }

                    @Override
                    public void onCompleted() {}
                  });
      // Nobody looks whether the stream is ready: 120 MB for a node that takes 4 at a time.
      for (int j = 0; j < requests; j++) {
        stream.onNext(ProduceCalls.batch("flood", batch.duplicate()).setCorrelationId(j).build());
      }
      stream.onCompleted();
    }

    await()
        .atMost(Duration.ofMinutes(2))
        .until(() -> appended.get() + refused.size() >= producers * requests);

    assertThat(refused).isEmpty();
    assertThat(appended).hasValue(producers * requests);
  }

  @Test
  void whatIsSmallInTheLogAndLargeWhenDecodedComesInPieces() throws InterruptedException {
    create("dense");
    int count = 200_000;
    RecordBatchBuilder builder = new RecordBatchBuilder(Compression.ZSTD, 16 * MIB);
    for (int i = 0; i < count; i++) {
      assertThat(builder.append(1, null, new byte[20], List.of())).isTrue();
    }
    ByteBuffer batch = builder.build();
    assertThat(batch.limit()).isLessThan(MIB);
    try (ProduceCalls calls = new ProduceCalls(connect())) {
      assertThat(calls.ask(ProduceCalls.batch("dense", batch)).hasAppended()).isTrue();
    }
    FetchRequest.Builder request =
        fetch("dense").setFormat(FetchFormat.FETCH_FORMAT_RECORDS).setResponseBytesMax(MIB);

    Iterator<FetchResponse> read = LogServiceGrpc.newBlockingStub(connect()).fetch(request.build());

    long next = 0;
    int pieces = 0;
    while (read.hasNext()) {
      FetchResponse piece = read.next();
      assertThat(piece.getSerializedSize()).isLessThan(2 * MIB);
      pieces++;
      for (Record record : piece.getRecords().getRecordsList()) {
        assertThat(record.getOffset()).isEqualTo(next++);
      }
    }
    assertThat(next).isEqualTo(count);
    assertThat(pieces).isGreaterThan(10);
  }

  private ManagedChannel connect() {
    // A small window: what a client does not read waits in the node, not in the client.
    ManagedChannel channel =
        NettyChannelBuilder.forTarget(NODE.address(1))
            .usePlaintext()
            .flowControlWindow(65_535)
            .build();
    channels.add(channel);
    return channel;
  }

  private void create(String topic) {
    TestTopics.create(connect(), topic, 1);
  }

  private static FetchRequest.Builder fetch(String topic) {
    return FetchRequest.newBuilder().addPartitions(FetchPartition.newBuilder().setTopic(topic));
  }
}
