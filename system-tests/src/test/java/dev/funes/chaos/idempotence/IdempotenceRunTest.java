package dev.funes.chaos.idempotence;

import static org.assertj.core.api.Assertions.assertThat;

import dev.funes.chaos.proxy.UnsureAcks;
import dev.funes.client.NodeAddress;
import dev.funes.client.ServerAddress;
import dev.funes.server.testing.FunesCluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Sends over a bad network: with de-duplication all is well, and without it that shows. */
final class IdempotenceRunTest {
  private static final long SEED = Long.getLong("funes.seed", 3);
  private static final int SENDS = 6_000;
  private static final int ONE_OF = 10;
  private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(1);

  @RegisterExtension static final FunesCluster cluster = FunesCluster.ofNodes(3);

  private List<NodeAddress> nodes() {
    List<NodeAddress> nodes = new ArrayList<>();
    for (ServerAddress address : ServerAddress.parseAll(cluster.addresses())) {
      nodes.add(new NodeAddress(nodes.size() + 1, address.host(), address.port()));
    }
    return List.copyOf(nodes);
  }

  private Result run(String topic, UnsureAcks acks) throws InterruptedException {
    IdempotenceRun run = new IdempotenceRun(nodes(), topic, 1, SEED, SENDS, 3, 6);
    run.send(acks, 4_000, REQUEST_TIMEOUT, _ -> {});
    return run.count(_ -> {});
  }

  @Test
  void nothingIsThereTwiceLostOrOutOfOrder() throws InterruptedException {
    UnsureAcks acks = new UnsureAcks(SEED, ONE_OF, true);

    Result result = run("once", acks);

    assertThat(result.isGreen()).as("-Dfunes.seed=%d%n%s", SEED, result.text()).isTrue();
    assertThat(result.acknowledged()).isEqualTo(SENDS);
    assertThat(acks.count()).as("nothing went wrong on the way").isPositive();
  }

  @Test
  void withoutDeduplicationItIsRed() throws InterruptedException {
    Result result = run("doubled", new UnsureAcks(SEED, ONE_OF, false));

    assertThat(result.isGreen()).as("-Dfunes.seed=%d%n%s", SEED, result.text()).isFalse();
    assertThat(result.duplicates()).isPositive();
  }
}
