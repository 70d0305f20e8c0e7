package dev.funes.server.grpc;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.funes.cluster.NodeEndpoint;
import dev.funes.proto.v1.CreateTopicRequest;
import dev.funes.proto.v1.FetchPartition;
import dev.funes.proto.v1.FetchRequest;
import dev.funes.proto.v1.FetchResponse;
import dev.funes.proto.v1.LogServiceGrpc;
import dev.funes.proto.v1.TopicServiceGrpc;
import dev.funes.server.testing.FunesCluster;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Iterator;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is not our protocol, or not a polite client, does not hurt those who are. */
class HostileConnectionTest {
  @RegisterExtension static final FunesCluster NODE = FunesCluster.ofNodes(1);

  private ManagedChannel channel;

  @BeforeEach
  void connect() {
    channel = NettyChannelBuilder.forTarget(NODE.address(1)).usePlaintext().build();
  }

  @AfterEach
  void disconnect() throws InterruptedException {
    channel.shutdownNow();
    channel.awaitTermination(5, TimeUnit.SECONDS);
  }

  @Test
  void randomBytesAndOtherProtocolsAreClosed() throws IOException {
    long seed = Long.getLong("funes.seed", System.nanoTime());
    System.out.println("-Dfunes.seed=" + seed);
    Random random = new Random(seed);
    byte[] noise = new byte[100_000];
    for (int i = 0; i < 20; i++) {
      random.nextBytes(noise);
      assertClosed(noise);
    }
    assertClosed("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(US_ASCII));
    assertServes();
  }

  @Test
  void malformedProtobufIsRefusedAndTheConnectionLives() {
    MethodDescriptor.Marshaller<byte[]> raw =
        new MethodDescriptor.Marshaller<>() {
          @Override
          public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
          }

          @Override
          public byte[] parse(InputStream stream) {
            try {
              return stream.readAllBytes();
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          }
        };
    MethodDescriptor<byte[], byte[]> createTopic =
        MethodDescriptor.<byte[], byte[]>newBuilder()
            .setType(MethodDescriptor.MethodType.UNARY)
            .setFullMethodName(TopicServiceGrpc.getCreateTopicMethod().getFullMethodName())
            .setRequestMarshaller(raw)
            .setResponseMarshaller(raw)
            .build();

    assertThatThrownBy(
            () ->
                ClientCalls.blockingUnaryCall(
                    channel, createTopic, CallOptions.DEFAULT, new byte[] {10, 127, 1}))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> {
              assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
              assertThat(e).hasMessageContaining("not a well-formed protobuf message");
            });
    assertServes();
  }

  @Test
  void describesItselfByReflection() throws Exception {
    CompletableFuture<ServerReflectionResponse> answer = new CompletableFuture<>();
    StreamObserver<ServerReflectionRequest> requests =
        ServerReflectionGrpc.newStub(channel)
            .serverReflectionInfo(
                new StreamObserver<>() {
                  @Override
                  public void onNext(ServerReflectionResponse value) {
                    answer.complete(value);
                  }

                  @Override
                  public void onError(Throwable failure) {
                    answer.completeExceptionally(failure);
                  }

                  @Override
                  public void onCompleted() {}
                });
    requests.onNext(ServerReflectionRequest.newBuilder().setListServices("").build());

    assertThat(answer.get(20, TimeUnit.SECONDS).getListServicesResponse().getServiceList())
        .extracting(service -> service.getName())
        .contains("funes.v1.LogService", "funes.v1.ClusterService", "grpc.health.v1.Health");
    requests.onCompleted();
  }

  @Test
  void aReaderThatNeverReadsDoesNotFillTheMemory() throws Exception {
    var _ =
        TopicServiceGrpc.newBlockingStub(channel)
            .createTopic(CreateTopicRequest.newBuilder().setName("big").build());
    try (ProduceCalls calls = new ProduceCalls(channel)) {
      for (int i = 0; i < 40; i++) {
        assertThat(
                calls
                    .ask(ProduceCalls.batch("big", ProduceCalls.batchOf(500_000, 2)))
                    .hasAppended())
            .isTrue();
      }
    }
    FetchRequest all =
        FetchRequest.newBuilder()
            .addPartitions(FetchPartition.newBuilder().setTopic("big"))
            .build();
    long before = directBytes();
    // Opened and not read: a blocking iterator asks for one message at a time.
    for (int i = 0; i < 10; i++) {
      Iterator<FetchResponse> unread = LogServiceGrpc.newBlockingStub(channel).fetch(all);
      assertThat(unread.hasNext()).isTrue();
    }
    assertThat(directBytes() - before).isLessThan(200L << 20); // of 400 MB that could be sent
    Iterator<FetchResponse> read = LogServiceGrpc.newBlockingStub(channel).fetch(all);
    long bytes = 0;
    while (read.hasNext()) {
      bytes += read.next().getBatches().size();
    }
    assertThat(bytes).isGreaterThan(40_000_000);
  }

  private static long directBytes() {
    return PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory();
  }

  private void assertClosed(byte[] bytes) throws IOException {
    NodeEndpoint node = NODE.node(1).config().endpoint();
    try (Socket socket = new Socket(node.host(), node.clientPort())) {
      socket.setSoTimeout(20_000);
      try {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
        while (socket.getInputStream().read() >= 0) {
          // whatever it says before it closes
        }
      } catch (SocketTimeoutException e) {
        throw e;
      } catch (IOException e) {
        assertThat(e).isInstanceOf(SocketException.class); // reset: closed as well
      }
    }
  }

  private void assertServes() {
    await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () ->
                HealthGrpc.newBlockingStub(channel)
                        .check(HealthCheckRequest.getDefaultInstance())
                        .getStatus()
                    == ServingStatus.SERVING);
  }
}
