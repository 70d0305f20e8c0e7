package dev.funes.chaos.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.funes.client.Admin;
import dev.funes.client.TopicSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A node whose disk refuses one call stops at once, acknowledges nothing after it, and has
 * everything that it acknowledged before when it is started again.
 */
class FailedForceTest {
  private static final int EXIT_STATUS = 70;
  private static final int START_FAILED = 1;

  /** From the answer of the call that failed to the last moment of the process. */
  private static final long STOP_MILLIS_MAX = 1_000;

  private static final int ENOUGH = 100;

  /** Long enough for the answers that are on their way when the call begins. */
  private static final int HELD_MILLIS = 2_000;

  @TempDir Path directory;
  private Shim shim;

  @BeforeEach
  void buildOrSkip() throws Exception {
    try {
      shim = Shim.build(directory);
    } catch (Shim.UnavailableException e) {
      Assumptions.abort("SKIPPED, no faults are injected here: " + e.getMessage());
    }
  }

  @Test
  void stopsTheNodeAtOnceAndLosesNothing() throws Exception {
    try (RealNodes nodes = nodes()) {
      start(nodes);
      try (Admin admin = Admin.open(nodes.clients().build())) {
        admin.createTopic("events", 1, TopicSettings.DEFAULTS);
      }
      try (AckedLoad load =
          AckedLoad.start(
              nodes.clients().deliveryTimeout(Duration.ofMinutes(5)).build(), "events", 1_000)) {
        fail(nodes, load, "syncs", ShimRule.EIO, "/log_inprogress");
        fail(nodes, load, "writes", ShimRule.ENOSPC, "/log_inprogress");
        fail(nodes, load, "writes", ShimRule.HALF_WRITTEN, "/log_inprogress");
        fail(nodes, load, "syncs", ShimRule.EIO, "/partitions/"); // of a checkpoint
        fail(nodes, load, "syncs", ShimRule.EIO, "/manifest");
        fail(nodes, load, "syncs", ShimRule.EIO, ".sst");
        fail(nodes, load, "writes", ShimRule.ENOSPC, ".log"); // a segment
        load.awaitMore(ENOUGH);
        load.assertAllIsThere();
      }
    }
  }

  /** The first term is written when a node begins, the next one when it is started again. */
  @Test
  void stopsTheNodeWhenTermAndVoteAreNotWritten() throws Exception {
    try (RealNodes nodes = nodes()) {
      for (int attempt = 0; attempt < 2; attempt++) {
        shim.rules(ShimRule.failOnce("syncs", ShimRule.EIO, "raft-meta"));
        nodes.start(1, shim.environment());

        assertThat(nodes.process(1).waitFor(30, TimeUnit.SECONDS)).as(nodes.tail(1)).isTrue();
        assertThat(nodes.process(1).exitValue()).isIn(START_FAILED, EXIT_STATUS);

        shim.clear();
        start(nodes);
        nodes.kill(1);
      }
    }
  }

  private RealNodes nodes() throws Exception {
    Path data = Files.createDirectory(directory.resolve("data"));
    return new RealNodes(
        directory,
        List.of(data),
        "raft-groups: 1\ncheckpoint-bytes: 1048576\ncheckpoint-millis: 1000\n");
  }

  private void start(RealNodes nodes) throws Exception {
    nodes.start(1, shim.environment());
    nodes.awaitHealthy();
  }

  private void fail(RealNodes nodes, AckedLoad load, String operation, int error, String path)
      throws Exception {
    load.awaitMore(ENOUGH);
    int firedBefore = shim.fired().size();
    shim.rules(new ShimRule(operation, error, HELD_MILLIS, 0, 1, 1_000, path));
    await().atMost(Duration.ofSeconds(60)).until(() -> shim.fired().size() > firedBefore);
    Shim.Fired call = shim.fired().getLast();
    boolean isOfTheRaftLog = path.startsWith("/log_");
    if (isOfTheRaftLog) {
      await().during(Duration.ofMillis(HELD_MILLIS / 2)).until(nodes.process(1)::isAlive);
    }
    int ackedBefore = load.ackedCount();

    assertThat(nodes.process(1).waitFor(60, TimeUnit.SECONDS)).as(nodes.tail(1)).isTrue();
    long stoppedAfter = shim.lastAliveMillis(call.pid()) - call.atMillis() - HELD_MILLIS;

    assertThat(nodes.process(1).exitValue())
        .as("%s\n%s", path, nodes.tail(1))
        .isEqualTo(EXIT_STATUS);
    assertThat(stoppedAfter).as("%s\n%s", path, nodes.tail(1)).isLessThan(STOP_MILLIS_MAX);
    assertThat(nodes.tail(1)).contains("node stops: ");
    if (isOfTheRaftLog) {
      assertThat(load.ackedCount())
          .as("acknowledged after %s of %s", operation, path)
          .isEqualTo(ackedBefore);
    }
    shim.clear();
    start(nodes);
    load.assertAllIsThere();
  }
}
