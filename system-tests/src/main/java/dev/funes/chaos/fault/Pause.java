package dev.funes.chaos.fault;

import dev.funes.chaos.cluster.ChaosCluster;
import dev.funes.chaos.cluster.ChaosNode;
import dev.funes.chaos.cluster.ProcFiles;
import dev.funes.chaos.history.Impact;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Stops a node process with SIGSTOP for a while. It does not notice until it goes on. */
public record Pause(String name) implements Fault {
  @Override
  public Optional<String> whyNot(ChaosCluster cluster) {
    return Needs.nothing();
  }

  @Override
  public boolean endsProcesses() {
    return false;
  }

  @Override
  public Evidence inflict(Stage stage) throws IOException {
    ChaosNode victim = stage.shuffled().getFirst();
    stage.begin(name, List.of(victim), Impact.MINORITY);
    long pid = victim.signal("STOP");
    String state;
    long millis;
    try {
      millis = stage.hold();
      state = ProcFiles.state(pid);
    } finally {
      victim.signal("CONT");
    }
    if (!state.equals("T")) {
      throw new NoEvidenceException("pid " + pid + " was in state " + state + ", not stopped");
    }
    return new Evidence("pid " + pid + " stood still for " + millis + " ms");
  }
}
