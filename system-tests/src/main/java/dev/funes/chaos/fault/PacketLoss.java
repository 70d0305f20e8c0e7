package dev.funes.chaos.fault;

import dev.funes.chaos.cluster.Bridge;
import dev.funes.chaos.cluster.ChaosCluster;
import dev.funes.chaos.cluster.ChaosNode;
import dev.funes.chaos.history.Impact;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Drops packets between all nodes, and between them and the clients, by chance. */
public record PacketLoss(String name) implements Fault {
  private static final int PERCENT_MIN = 1;
  private static final int PERCENT_MAX = 15;

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
    List<ChaosNode> nodes = stage.shuffled();
    int percent = stage.random().nextInt(PERCENT_MIN, PERCENT_MAX + 1);
    stage.begin(name + "-" + percent + "-percent", nodes, Impact.MINORITY);
    List<Integer> set = new ArrayList<>();
    long packets = 0;
    long millis;
    try {
      for (ChaosNode node : nodes) {
        set.add(node.id());
        bridge.rules(
            node.id(),
            List.of("iifname eth0 numgen random mod 100 < " + percent + " counter drop"));
      }
      millis = stage.hold();
      for (int id : set) {
        packets += bridge.packets(id);
      }
    } finally {
      for (int id : set) {
        bridge.heal(id);
      }
    }
    if (packets == 0) {
      throw new NoEvidenceException("no packet was dropped in " + millis + " ms");
    }
    return new Evidence(
        "%d packets, %d %% of all, dropped in %d ms".formatted(packets, percent, millis));
  }
}
