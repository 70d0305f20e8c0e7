package dev.funes.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ClusterDescriptionTest {
  private static final NodeAddress NODE = new NodeAddress(1, "h", 7070);

  private static ClusterDescription cluster(boolean healthy, @Nullable Long... lags) {
    List<RaftReplicaDescription> replicas =
        Stream.of(lags).map(lag -> new RaftReplicaDescription(NODE, 10L, lag, null)).toList();
    return new ClusterDescription(
        "c",
        1,
        List.of(),
        List.of(
            new RaftGroupDescription(
                1, NODE, 2, replicas, 3, new RaftGroupPlacement(List.of(1), List.of(1), ""))),
        healthy,
        List.of(),
        List.of(),
        3,
        false,
        0);
  }

  @Test
  void hasCaughtUpWhenItIsHealthyAndEveryReplicaIsAFewEntriesBehindAtMost() {
    assertThat(cluster(true, 0L, 3L, 50L).isCaughtUp()).isTrue();
    assertThat(cluster(true, 0L, 51L, 0L).isCaughtUp()).isFalse();
    assertThat(cluster(true, 0L, null, 0L).isCaughtUp()).as("one did not say").isFalse();
    assertThat(cluster(false, 0L, 0L, 0L).isCaughtUp()).isFalse();
  }
}
