package dev.funes.chaos.fault;

import dev.funes.chaos.cluster.ChaosCluster;
import dev.funes.chaos.cluster.ChaosNode;
import dev.funes.chaos.history.Impact;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Ends and starts all nodes in good order, each when the one before is back. */
public record RollingRestart(String name) implements Fault {
  private static final Duration BACK = Duration.ofMinutes(3);

  @Override
  public Optional<String> whyNot(ChaosCluster cluster) {
    return Needs.nothing();
  }

  @Override
  public Evidence inflict(Stage stage) throws IOException {
    List<ChaosNode> nodes = stage.shuffled();
    stage.begin(name, nodes, Impact.MINORITY);
    List<String> said = new ArrayList<>();
    for (ChaosNode node : nodes) {
      int exits = node.exits().size();
      node.stopAndHold();
      node.start();
      Duration back = stage.cluster().awaitHealthy(BACK);
      if (node.exits().size() != exits + 1) {
        throw new NoEvidenceException("node " + node.id() + " was not restarted once");
      }
      said.add(
          "node %d ended with code %d, back after %d ms"
              .formatted(node.id(), node.exits().getLast().code(), back.toMillis()));
    }
    return new Evidence(String.join("; ", said));
  }
}
