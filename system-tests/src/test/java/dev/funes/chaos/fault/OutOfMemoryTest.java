package dev.funes.chaos.fault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.funes.client.Admin;
import dev.funes.client.TopicSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node that has no heap left ends by itself, and has everything when it is started again. */
class OutOfMemoryTest {
  /** Of a JVM with {@code -XX:+ExitOnOutOfMemoryError}, which the launcher sets. */
  private static final int NO_HEAP = 3;

  /** Of a node that sees in time that there is nothing left. */
  private static final int STOPPED_ITSELF = 70;

  private static final int END_SECONDS_MAX = 120;
  private static final int ENOUGH = 100;
  private static final int RECORD_BYTES = 512 << 10;

  /** Enough to start, and not for the load. */
  private static final Map<String, String> SMALL_HEAP = Map.of("FUNES_JAVA_OPTS", "-Xmx32m");

  @TempDir Path directory;

  @Test
  void endsByItselfAndLosesNothing() throws Exception {
    try (RealNodes nodes = RealNodes.of(1, directory, "raft-groups: 1\n")) {
      nodes.startAll();
      try (Admin admin = Admin.open(nodes.clients().build())) {
        admin.createTopic("events", 1, TopicSettings.DEFAULTS);
      }
      try (AckedLoad load =
          AckedLoad.start(
              nodes.clients().deliveryTimeout(Duration.ofMinutes(5)).build(),
              "events",
              RECORD_BYTES)) {
        load.awaitMore(ENOUGH);
        nodes.stop(1);

        nodes.start(1, SMALL_HEAP);
        assertThat(nodes.process(1).waitFor(END_SECONDS_MAX, TimeUnit.SECONDS))
            .as(nodes.tail(1))
            .isTrue();
        assertThat(nodes.process(1).exitValue()).as(nodes.tail(1)).isIn(NO_HEAP, STOPPED_ITSELF);

        nodes.start(1, Map.of());
        nodes.awaitHealthy();
        load.awaitMore(ENOUGH);
        load.assertAllIsThere();
      }
    }
  }
}
