package dev.funes.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.funes.proto.v1.FetchResponse;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FetchStreamTest {
  private static final TopicPartition P0 = new TopicPartition("orders", 0);

  private FakeCluster cluster;

  @BeforeEach
  void start() throws IOException {
    cluster = FakeCluster.start(1).topic("orders", 1);
  }

  @AfterEach
  void stop() {
    cluster.close();
  }

  @Test
  void canBeAskedForMoreAndCancelledAfterTheNetworkThreadsHaveEnded() throws Exception {
    ClientConfig config = cluster.config().build();
    try (Producer producer = Producer.open(config)) {
      producer
          .send(new ProducerRecord("orders", 0, null, "a".getBytes(UTF_8), List.of(), 1))
          .get(20, TimeUnit.SECONDS);
    }
    ServerAddress address = cluster.nodes.getFirst().address();
    Responses responses = new Responses();
    Connections connections = new Connections(config.servers(), System::nanoTime);
    FetchStream stream;
    try (Admin admin = Admin.over(connections, config)) {
      ReadPositions positions = new ReadPositions(admin, null);
      positions.assign(List.of(P0));
      positions.of(P0).moveTo(0);
      stream =
          FetchStream.open(
              address,
              connections.channel(address),
              List.of(P0),
              positions.request(List.of(P0), config.fetchResponseBytesMax()),
              1,
              System.nanoTime(),
              responses);
      assertThat(responses.first.await(20, TimeUnit.SECONDS)).isTrue();
    } finally {
      connections.close();
    }
    assertThat(connections.timer().awaitTermination(20, TimeUnit.SECONDS)).isTrue();

    stream.requestOne();
    stream.cancel();
  }

  private static final class Responses implements FetchStream.Events {
    final CountDownLatch first = new CountDownLatch(1);

    @Override
    public void responded(FetchStream stream, FetchResponse response) {
      first.countDown();
    }

    @Override
    public void completed(FetchStream stream) {}

    @Override
    public void failed(FetchStream stream, Failure failure) {}
  }
}
