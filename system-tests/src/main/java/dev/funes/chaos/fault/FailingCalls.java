package dev.funes.chaos.fault;

import dev.funes.chaos.cluster.ChaosCluster;
import dev.funes.chaos.cluster.ChaosNode;
import dev.funes.chaos.cluster.Shell;
import dev.funes.chaos.history.Impact;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Calls of one node on its files fail, or take long. A node one of whose writes or forces has
 * failed has to end at once.
 *
 * @param rules one of them is chosen
 * @param ends whether a node that meets it has to end
 */
public record FailingCalls(String name, List<ShimRule> rules, boolean ends) implements Fault {
  private static final long FIRED_MILLIS_MAX = 20_000;

  /** What is promised of a failed force: the node stops within a second. */
  private static final long END_MILLIS_MAX = 1_000;

  /** Long enough to tell "late" from "never". */
  private static final long WATCH_MILLIS = 15_000;

  public FailingCalls {
    rules = List.copyOf(rules);
  }

  /** What nodes have to be started with; empty when the library cannot be built here. */
  public static Map<String, String> environment() {
    Map<String, String> environment = new HashMap<>();
    try {
      Path placeholder = Path.of("").toAbsolutePath();
      Shim.build(placeholder)
          .environment()
          .forEach(
              (key, value) ->
                  environment.put(key, value.replace(placeholder.toString() + "/", "{home}/")));
      return environment;
    } catch (IOException e) {
      return Map.of();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Map.of();
    }
  }

  @Override
  public Optional<String> whyNot(ChaosCluster cluster) {
    return cluster.options().environment().containsKey("FUNES_SHIM_CONTROL")
        ? Optional.empty()
        : Optional.of("no gcc to build the library with");
  }

  @Override
  public boolean endsProcesses() {
    return ends;
  }

  @Override
  public Evidence inflict(Stage stage) throws IOException {
    ChaosNode victim = stage.shuffled().getFirst();
    ShimRule rule = rules.get(stage.random().nextInt(rules.size()));
    stage.begin(name + " " + rule.line(), List.of(victim), Impact.MINORITY);
    Shim shim = shim(victim);
    int exits = victim.exits().size();
    int firedBefore = shim.fired().size();
    String ended = "";
    int count;
    Shim.Fired first;
    try {
      shim.rules(rule);
      first = awaitFired(shim, firedBefore);
      if (ends) {
        ended = "; " + awaitEnd(stage, victim, exits, shim, first);
      } else {
        stage.hold();
      }
      count = shim.fired().size() - firedBefore;
    } finally {
      shim.clear();
    }
    return new Evidence(
        "%d calls hit, the first a %s of %s%s"
            .formatted(count, first.operation(), first.path(), ended));
  }

  private static Shim.Fired awaitFired(Shim shim, int before) throws IOException {
    for (long millis = 0; millis < FIRED_MILLIS_MAX; millis += 20) {
      List<Shim.Fired> fired = shim.fired();
      if (fired.size() > before) {
        return fired.get(before);
      }
      Shell.pause(20);
    }
    throw new NoEvidenceException("no call was hit in " + FIRED_MILLIS_MAX + " ms");
  }

  private static String awaitEnd(
      Stage stage, ChaosNode victim, int exits, Shim shim, Shim.Fired first) throws IOException {
    while (System.currentTimeMillis() - first.atMillis() < WATCH_MILLIS) {
      if (victim.exits().size() > exits) {
        long millis = shim.lastAliveMillis(first.pid()) - first.atMillis();
        String what =
            "node %d ended with code %d after %d ms"
                .formatted(victim.id(), victim.exits().get(exits).code(), millis);
        if (millis > END_MILLIS_MAX) {
          stage.history().mark("red", what);
        }
        return what;
      }
      Shell.pause(10);
    }
    String what = "node " + victim.id() + " goes on after a call that failed";
    stage.history().mark("red", what);
    return what;
  }

  private static Shim shim(ChaosNode node) throws IOException {
    Path home = node.log().getParent();
    if (home == null) {
      throw new IllegalStateException("the log of a node lies in its directory");
    }
    try {
      return Shim.build(home);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
  }
}
