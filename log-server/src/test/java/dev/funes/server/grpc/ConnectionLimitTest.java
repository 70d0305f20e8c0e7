package dev.funes.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.funes.proto.v1.AllocateProducerIdRequest;
import dev.funes.proto.v1.Error;
import dev.funes.proto.v1.ErrorCode;
import dev.funes.proto.v1.LogServiceGrpc;
import dev.funes.server.testing.FunesCluster;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyChannelBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Each node takes one connection; there are three of them. */
class ConnectionLimitTest {
  @RegisterExtension
  static final FunesCluster CLUSTER =
      FunesCluster.ofNodes(3).with(ApiLimits.DEFAULTS.withConnectionsMax(1));

  private final List<ManagedChannel> channels = new ArrayList<>();

  @AfterEach
  void disconnect() {
    channels.forEach(ManagedChannel::shutdownNow);
  }

  @Test
  void callsOnOneMoreAreRefusedWithADelayUntilThereIsAPlace() {
    ManagedChannel first = connect(1);
    awaitServed(first);
    ManagedChannel second = connect(1);

    StatusRuntimeException refused =
        catchThrowableOfType(StatusRuntimeException.class, () -> call(second));

    assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    Error error = Objects.requireNonNull(ErrorMapping.detail(refused));
    assertThat(error.getCode()).isEqualTo(ErrorCode.RETRY);
    assertThat(error.getRetryAfterMillis()).isPositive();
    assertThat(error.getField()).isEqualTo("connections-max");
    assertThat(error.getLimit()).isEqualTo(1);
    assertThat(error.getMessage()).contains("1 connections");
    assertThat(
            HealthGrpc.newBlockingStub(second)
                .check(HealthCheckRequest.getDefaultInstance())
                .getStatus())
        .isEqualTo(ServingStatus.SERVING);

    first.shutdownNow();

    awaitServed(second);
  }

  @Test
  void nodesPassOnToEachOtherWhateverThePlacesOfClients() throws InterruptedException {
    ManagedChannel channel = connect(1);
    awaitServed(channel);
    awaitServed(connect(2));
    awaitServed(connect(3));
    TestTopics.create(channel, "all", 6);

    try (ProduceCalls calls = new ProduceCalls(channel)) {
      for (int partition = 0; partition < 6; partition++) {
        int each = partition;
        await()
            .atMost(Duration.ofSeconds(20))
            .until(() -> calls.ask(ProduceCalls.plain("all", each, "x")).hasAppended());
      }
    }
  }

  private ManagedChannel connect(int node) {
    ManagedChannel channel =
        NettyChannelBuilder.forTarget(CLUSTER.address(node)).usePlaintext().build();
    channels.add(channel);
    return channel;
  }

  /** Places of connections that were closed a moment ago come back a moment later. */
  private static void awaitServed(ManagedChannel channel) {
    await()
        .atMost(Duration.ofSeconds(20))
        .ignoreExceptionsInstanceOf(StatusRuntimeException.class)
        .until(() -> call(channel));
  }

  private static boolean call(ManagedChannel channel) {
    return LogServiceGrpc.newBlockingStub(channel)
            .allocateProducerId(AllocateProducerIdRequest.getDefaultInstance())
            .getProducerId()
        >= 0;
  }
}
