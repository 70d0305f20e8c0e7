package dev.funes.chaos.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.funes.chaos.check.Checks;
import dev.funes.chaos.check.Report;
import dev.funes.chaos.history.History;
import dev.funes.chaos.history.RunClock;
import dev.funes.chaos.history.RunInfo;
import dev.funes.chaos.proxy.KnownLies;
import dev.funes.chaos.proxy.Lies;
import dev.funes.chaos.proxy.LyingProxy;
import dev.funes.client.NodeAddress;
import dev.funes.server.testing.FunesCluster;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Clients, a proxy and a real cluster: when the proxy lies, the run is red, whatever it lies about.
 */
final class LiesTest {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final long SEED = Long.getLong("funes.seed", 1);
  private static final long LIES_MIN = 4;

  @RegisterExtension static final FunesCluster cluster = FunesCluster.ofNodes(3);

  @TempDir Path dir;

  @Test
  void withoutALieItIsGreen() throws IOException {
    Report report = run("honest", new Lies(), 0);

    assertThat(report.isGreen()).as(report.text()).isTrue();
  }

  @Test
  void recordsThatAreAcknowledgedAndNotWritten() throws IOException {
    assertThat(red("unwritten", KnownLies.acknowledgesWithoutForwarding(SEED, 5))).contains("C1");
  }

  @Test
  void recordsThatAreWrittenTwice() throws IOException {
    assertThat(red("doubled", KnownLies.doublesWithoutDeduplication(SEED, 10))).contains("C2");
  }

  @Test
  void piecesOfReadsThatAreMissing() throws IOException {
    assertThat(red("cut", KnownLies.cutsFetches(SEED, 10))).contains("C5");
  }

  @Test
  void bitsThatAreChanged() throws IOException {
    assertThat(red("bits", KnownLies.changesBits(SEED, 10))).contains("C9");
  }

  @Test
  void endsThatAreOld() throws IOException {
    assertThat(red("old-ends", KnownLies.repeatsOldEnds(SEED, 50))).contains("C8");
  }

  @Test
  void endsThatAreTooFar() throws IOException {
    assertThat(red("far-ends", KnownLies.endsTooFar(SEED, 50))).contains("C8");
  }

  @Test
  void commitsThatAreNotStored() throws IOException {
    assertThat(red("commits", KnownLies.losesCommitsAfter(10))).contains("C11");
  }

  private List<String> red(String topic, Lies lies) throws IOException {
    return run(topic, lies, LIES_MIN).red();
  }

  /** Works through the proxy until it has lied a few times; reads past it at the end. */
  private Report run(String topic, Lies lies, long liesMin) throws IOException {
    List<NodeAddress> nodes = Runs.nodes(cluster);
    WorkloadSettings settings = Runs.settings(topic);
    RunInfo info = Runs.info(settings, SEED);
    RunClock clock = RunClock.started();
    History.begin(dir, info);
    try (LyingProxy proxy = LyingProxy.before(nodes, lies);
        Workload workload = Workload.start(proxy.addresses(), settings, info, dir, clock)) {
      await()
          .atMost(PATIENCE)
          .until(
              () ->
                  workload.acknowledged() > 300
                      && workload.delivered() > 300
                      && lies.count() >= liesMin);
    }
    FinalReads.fromNodes(nodes, Duration.ofMinutes(1), info, dir, clock);
    return Checks.all().run(History.load(dir));
  }
}
