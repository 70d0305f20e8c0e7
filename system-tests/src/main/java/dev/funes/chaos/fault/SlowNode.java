package dev.funes.chaos.fault;

import dev.funes.chaos.cluster.ChaosCluster;
import dev.funes.chaos.cluster.ChaosNode;
import dev.funes.chaos.cluster.Leftovers;
import dev.funes.chaos.history.Impact;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One node gets a tenth of a processor. Needs the cgroup controller "cpu" of version 1. */
public record SlowNode(String name) implements Fault {
  private static final Path CONTROLLER = Path.of("/sys/fs/cgroup/cpu");
  private static final Pattern THROTTLED = Pattern.compile("nr_throttled (\\d+)");
  private static final int QUOTA_MICROS = 10_000; // of 100,000

  @Override
  public Optional<String> whyNot(ChaosCluster cluster) {
    return Files.isWritable(CONTROLLER.resolve("cgroup.procs"))
        ? Optional.empty()
        : Optional.of("no " + CONTROLLER + " that may be written to");
  }

  @Override
  public boolean endsProcesses() {
    return false;
  }

  @Override
  public Evidence inflict(Stage stage) throws IOException {
    ChaosCluster cluster = stage.cluster();
    ChaosNode victim = stage.shuffled().getFirst();
    stage.begin(name, List.of(victim), Impact.MINORITY);
    Path cgroup = CONTROLLER.resolve("fc" + cluster.runId() + "n" + victim.id());
    cluster.leftovers().cgroup(cgroup);
    long throttled;
    long millis;
    try {
      Files.createDirectories(cgroup);
      Files.writeString(cgroup.resolve("cpu.cfs_quota_us"), Integer.toString(QUOTA_MICROS));
      Process process = victim.process();
      if (process == null) {
        throw new IOException("node " + victim.id() + " does not run");
      }
      Files.writeString(cgroup.resolve("cgroup.procs"), Long.toString(process.pid()));
      millis = stage.hold();
      Matcher matcher = THROTTLED.matcher(Files.readString(cgroup.resolve("cpu.stat")));
      throttled = matcher.find() ? Long.parseLong(matcher.group(1)) : 0;
    } finally {
      Leftovers.removeCgroup(cgroup);
    }
    if (throttled == 0) {
      throw new NoEvidenceException("the node was never held back in " + millis + " ms");
    }
    return new Evidence("held back " + throttled + " times in " + millis + " ms");
  }
}
