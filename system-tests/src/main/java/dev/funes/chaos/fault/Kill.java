package dev.funes.chaos.fault;

import dev.funes.chaos.cluster.ChaosCluster;
import dev.funes.chaos.cluster.ChaosNode;
import dev.funes.chaos.cluster.Shell;
import dev.funes.chaos.history.Impact;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
    stage.begin(
        name, victims, 2 * victims.size() < running.size() ? Impact.MINORITY : Impact.MAJORITY);
    // All at once: whoever waits for the first to be gone gives the others time.
    Map<ChaosNode, Integer> exits = new LinkedHashMap<>();
    List<Long> pids = new ArrayList<>();
    for (ChaosNode victim : victims) {
      exits.put(victim, victim.exits().size());
      pids.add(victim.signal("KILL"));
    }
    for (Map.Entry<ChaosNode, Integer> each : exits.entrySet()) {
      awaitEnd(each.getKey(), each.getValue());
    }
    return new Evidence("killed: pids " + pids);
  }

  private static void awaitEnd(ChaosNode victim, int exitsBefore) throws IOException {
    for (int i = 0; victim.exits().size() == exitsBefore; i++) {
      if (i == 500) {
        throw new NoEvidenceException("node " + victim.id() + " goes on after SIGKILL");
      }
      Shell.pause(10);
    }
  }
}
