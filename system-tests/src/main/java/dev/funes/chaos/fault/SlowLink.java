package dev.funes.chaos.fault;

import dev.funes.chaos.cluster.Bridge;
import dev.funes.chaos.cluster.ChaosCluster;
import dev.funes.chaos.cluster.ChaosNode;
import dev.funes.chaos.cluster.Shell;
import dev.funes.chaos.history.Impact;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A narrow link to one node: packets wait in front of it for up to a second, and more of them are
 * dropped.
 */
public record SlowLink(String name) implements Fault {
  private static final Pattern OVER_LIMIT = Pattern.compile("overlimits (\\d+)");

  @Override
  public Optional<String> whyNot(ChaosCluster cluster) {
    return Needs.networks(cluster);
  }

  @Override
  public boolean endsProcesses() {
    return false;
  }

  @Override
  public Evidence inflict(Stage stage) throws IOException {
    Bridge bridge = stage.bridge();
    ChaosNode victim = stage.shuffled().getFirst();
    int kilobits = stage.random().nextInt(200, 4_000);
    stage.begin(name + "-" + kilobits + "-kbit", List.of(victim), Impact.MINORITY);
    String link = bridge.veth(victim.id());
    Shell.must(
        "tc",
        "qdisc",
        "add",
        "dev",
        link,
        "root",
        "tbf",
        "rate",
        kilobits + "kbit",
        "burst",
        "16kb",
        "latency",
        "1000ms");
    long waited;
    long millis;
    try {
      millis = stage.hold();
      Matcher matcher = OVER_LIMIT.matcher(Shell.must("tc", "-s", "qdisc", "show", "dev", link));
      waited = matcher.find() ? Long.parseLong(matcher.group(1)) : 0;
    } finally {
      Shell.must("tc", "qdisc", "del", "dev", link, "root");
    }
    if (waited == 0) {
      throw new NoEvidenceException("no packet had to wait in " + millis + " ms");
    }
    return new Evidence("packets had to wait " + waited + " times in " + millis + " ms");
  }
}
