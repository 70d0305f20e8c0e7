package dev.funes.chaos.fault;

import dev.funes.chaos.cluster.ChaosCluster;
import dev.funes.chaos.cluster.ChaosNode;
import dev.funes.chaos.history.Impact;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Ends node processes at once with SIGKILL; the supervisor starts them again.
 *
 * @param nodes how many at the same time; {@link Integer#MAX_VALUE} for all
 */
public record Kill(String name, int nodes) implements Fault {
  @Override
  public Optional<String> whyNot(ChaosCluster cluster) {
    return Needs.nothing();
  }

  @Override
  public Evidence inflict(Stage stage) throws IOException {
    List<ChaosNode> running = stage.shuffled();
    List<ChaosNode> victims = running.subList(0, Math.min(nodes, running.size()));
    stage.begin(name, victims, 2 * victims.size() < running.size() ? Impact.MINORITY : Impact.MAJORITY);
    List<String> pids = new ArrayList<>();
    for (ChaosNode victim : victims) {
      pids.add(Long.toString(victim.killOnce()));
    }
    for (ChaosNode victim : victims) {
      if (victim.exits().isEmpty() && victim.runs()) {
        throw new NoEvidenceException("node " + victim.id() + " goes on after SIGKILL");
      }
    }
    return new Evidence("pids " + String.join(", ", pids) + " are gone");
  }
}
