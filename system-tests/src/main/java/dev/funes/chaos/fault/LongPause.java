package dev.funes.chaos.fault;

import dev.funes.chaos.cluster.ChaosCluster;
import dev.funes.chaos.cluster.ChaosNode;
import dev.funes.chaos.cluster.Shell;
import dev.funes.chaos.history.Impact;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Stops a node process with SIGSTOP for more than a minute. Everybody has gone on without it, and
 * when it goes on it has to end by itself.
 */
public record LongPause(String name) implements Fault {
  private static final long STILL_MILLIS_MIN = 62_000;
  private static final long STILL_MILLIS_MAX = 70_000;

  /** Of a node that stopped itself. */
  private static final int EXIT_CODE = 70;

  private static final long END_MILLIS_MAX = 20_000;

  @Override
  public Optional<String> whyNot(ChaosCluster cluster) {
    return Needs.nothing();
  }

  @Override
  public Evidence inflict(Stage stage) throws IOException {
    ChaosNode victim = stage.shuffled().getFirst();
    long millis = stage.random().nextLong(STILL_MILLIS_MIN, STILL_MILLIS_MAX);
    stage.begin(name, List.of(victim), Impact.MINORITY);
    int exits = victim.exits().size();
    long pid = victim.signal("STOP");
    try {
      Shell.pause(millis);
    } finally {
      victim.signal("CONT");
    }
    for (long waited = 0; waited < END_MILLIS_MAX; waited += 10) {
      if (victim.exits().size() > exits) {
        int code = victim.exits().get(exits).code();
        String what =
            "pid %d stood still for %d ms, and ended with code %d".formatted(pid, millis, code);
        if (code != EXIT_CODE) {
          stage.history().mark("red", what);
        }
        return new Evidence(what);
      }
      Shell.pause(10);
    }
    String what = "pid %d stood still for %d ms, and goes on".formatted(pid, millis);
    stage.history().mark("red", what);
    return new Evidence(what);
  }
}
