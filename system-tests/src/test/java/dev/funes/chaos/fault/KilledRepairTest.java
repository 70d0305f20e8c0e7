package dev.funes.chaos.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.funes.client.Admin;
import dev.funes.client.NodeDescription;
import dev.funes.client.NodeScrub;
import dev.funes.client.TopicSettings;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** kill -9 of a node in the middle of the repair of a damaged segment. */
class KilledRepairTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int RECORD_BYTES = 16 << 10;
  private static final int RECORDS = 160;
  private static final int VICTIM = 3;

  /** A segment is read in two seconds, and written anew in as many. */
  private static final String SETTINGS =
      """
      raft-groups: 1
      checkpoint-bytes: 1048576
      checkpoint-millis: 1000
      scrub-bytes-per-second: 524288
      """;

  @TempDir Path directory;

  @Test
  void theSegmentIsWholeAfterTheNextStart() throws Exception {
    try (RealNodes nodes = RealNodes.of(3, directory, SETTINGS)) {
      nodes.startAll();
      try (Admin admin = Admin.open(nodes.clients().build())) {
        admin.createTopic("events", 1, TopicSettings.DEFAULTS.withSegmentBytes(1 << 20));
        AckedLoad load = AckedLoad.start(nodes.clients().build(), "events", RECORD_BYTES);
        load.awaitMore(RECORDS);
        load.close();
        nodes.awaitEqual();
        nodes.stop(VICTIM); // its checkpoint has all of it
        nodes.start(VICTIM, Map.of());
        nodes.awaitHealthy();
        Path damaged = nodes.segments(VICTIM).firstEntry().getValue();
        flip(damaged, Files.size(damaged) / 2);

        var _ = admin.startScrub(VICTIM);
        Path repair = nodes.data(VICTIM).toRealPath().resolve("repair/segment");
        await()
            .atMost(PATIENCE)
            .pollInterval(Duration.ofMillis(10))
            .until(() -> Files.exists(repair) && Files.size(repair) > 0);
        nodes.kill(VICTIM);
        assertThat(repair).as("killed in the middle").exists();

        nodes.start(VICTIM, Map.of());
        nodes.awaitHealthy();
        assertThat(repair).doesNotExist();
        var _ = admin.startScrub(VICTIM);
        await()
            .atMost(PATIENCE)
            .untilAsserted(
                () -> {
                  NodeScrub scrub = scrub(admin);
                  assertThat(scrub.passes()).isPositive();
                  assertThat(scrub.damagedSegments()).isZero();
                  assertThat(scrub.corruptBatches()).isPositive();
                  assertThat(scrub.repairedBatches()).isEqualTo(scrub.corruptBatches());
                });
        load.assertAllIsThere();
        for (int node = 1; node <= 3; node++) {
          nodes.stop(node);
        }
        nodes.assertSameSegments(1, VICTIM);
      }
    }
  }

  private static NodeScrub scrub(Admin admin) {
    return admin.describeCluster().nodes().stream()
        .filter(node -> node.address().nodeId() == VICTIM)
        .map(NodeDescription::scrub)
        .findFirst()
        .orElseThrow();
  }

  private static void flip(Path file, long at) throws IOException {
    try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
      access.seek(at);
      int was = access.read();
      access.seek(at);
      access.write(was ^ 1);
    }
  }
}
