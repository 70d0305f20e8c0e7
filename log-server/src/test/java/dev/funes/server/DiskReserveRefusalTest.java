package dev.funes.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.funes.client.Admin;
import dev.funes.client.ClientConfig;
import dev.funes.client.ClusterDescription;
import dev.funes.client.ErrorCode;
import dev.funes.client.FunesException;
import dev.funes.client.NodeDescription;
import dev.funes.client.TopicSettings;
import dev.funes.replication.ReplicaLimits;
import dev.funes.server.testing.FunesCluster;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Nodes whose reserve is larger than any disk. */
class DiskReserveRefusalTest {
  private static final long RESERVE_BYTES = 1L << 60;

  @RegisterExtension
  static final FunesCluster CLUSTER =
      FunesCluster.ofNodes(3).with(ReplicaLimits.DEFAULTS.withDiskReserve(RESERVE_BYTES));

  @Test
  void refusesTopicsAndSaysWhyAndThatItIsNotHealthy() {
    ClientConfig config =
        ClientConfig.builder()
            .servers(CLUSTER.addresses())
            .requestTimeout(Duration.ofSeconds(2))
            .build();
    try (Admin admin = Admin.open(config)) {
      FunesException refused =
          catchThrowableOfType(
              FunesException.class, () -> admin.createTopic("events", 1, TopicSettings.DEFAULTS));

      assertThat(refused.code()).isEqualTo(ErrorCode.DISK_FULL);
      assertThat(refused)
          .hasMessageContaining("disk-reserve-bytes")
          .hasMessageContaining("nothing was written");
      ClusterDescription cluster = admin.describeCluster();
      assertThat(cluster.healthy()).isFalse();
      assertThat(cluster.nodes())
          .allMatch(NodeDescription::diskShort)
          .allMatch(node -> node.diskReserveBytes() == RESERVE_BYTES);
      assertThat(cluster.problems())
          .filteredOn(problem -> problem.contains("disk free"))
          .hasSize(3);
    }
  }
}
