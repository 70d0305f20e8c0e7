package dev.funes.chaos.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.funes.chaos.check.Checks;
import dev.funes.chaos.check.Report;
import dev.funes.chaos.history.History;
import dev.funes.chaos.history.RunClock;
import dev.funes.chaos.history.RunInfo;
import dev.funes.client.NodeAddress;
import dev.funes.server.testing.FunesCluster;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

final class WorkloadTest {
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  @RegisterExtension static final FunesCluster cluster = FunesCluster.ofNodes(3);

  @TempDir Path dir;

  @Test
  void aRunWithALostNodeIsGreen() throws IOException {
    List<NodeAddress> nodes = Runs.nodes(cluster);
    WorkloadSettings settings = Runs.settings("lost-node");
    RunInfo info = Runs.info(settings, 7);
    RunClock clock = RunClock.started();
    History.begin(dir, info);
    Workload workload = Workload.start(nodes, settings, info, dir, clock);
    try (workload) {
      await().atMost(PATIENCE).until(() -> workload.acknowledged() > 300);
      cluster.kill(2);
      long before = workload.acknowledged();
      await().atMost(PATIENCE).until(() -> workload.acknowledged() > before + 600);
      cluster.restart(2);
      await().atMost(PATIENCE).until(() -> workload.delivered() > 600);
    }
    assertThat(Quiescence.await(nodes, 60)).isEmpty();
    FinalReads.fromNodes(nodes, Duration.ofMinutes(1), info, dir, clock);

    Report report = Checks.all().run(History.load(dir));

    assertThat(report.isGreen()).as(report.text()).isTrue();
    assertThat(report.text()).contains("replicas by fetch 9");
  }
}
