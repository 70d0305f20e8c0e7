package dev.funes.chaos.fault;

import dev.funes.chaos.cluster.Bridge;
import dev.funes.chaos.cluster.ChaosCluster;
import dev.funes.chaos.cluster.ChaosNode;
import dev.funes.chaos.cluster.Shell;
import dev.funes.chaos.history.Impact;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Drops all packets between some nodes. Clients reach every node all the time, or so they can. */
public record Partition(Cut cut) implements Fault {
  private static final int FLAPS = 6;

  /** Who does not hear whom. */
  public enum Cut {
    /** One node and the others do not hear each other. */
    SYMMETRIC,
    /** The others do not hear one node, or it does not hear them. */
    ONE_WAY,
    /** Two nodes do not hear each other; the third hears both. */
    BRIDGE,
    /** As symmetric, on and off. */
    FLAPPING,
    /** As symmetric, and clients do not reach that node either. */
    ISOLATED
  }

  @Override
  public String name() {
    return "partition-" + cut.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

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
    Map<Integer, List<String>> rules = rules(stage, bridge, nodes);
    // For how long writes stand still behind a link that comes and goes is not promised.
    Impact impact = cut == Cut.FLAPPING ? Impact.MAJORITY : Impact.MINORITY;
    stage.begin(name(), nodes.subList(0, cut == Cut.BRIDGE ? 2 : 1), impact);
    long packets = 0;
    long millis = 0;
    int times = cut == Cut.FLAPPING ? FLAPS : 1;
    for (int i = 0; i < times; i++) {
      try {
        for (Map.Entry<Integer, List<String>> each : rules.entrySet()) {
          bridge.rules(each.getKey(), each.getValue());
        }
        long hold = stage.holdMillis() / times;
        Shell.pause(hold);
        millis += hold;
        for (int id : rules.keySet()) {
          packets += bridge.packets(id);
        }
      } finally {
        for (int id : rules.keySet()) {
          bridge.heal(id);
        }
      }
      if (times > 1) {
        Shell.pause(stage.random().nextLong(100, 1_500));
      }
    }
    if (packets == 0) {
      throw new NoEvidenceException("no packet was dropped in " + millis + " ms");
    }
    return new Evidence(packets + " packets dropped in " + millis + " ms");
  }

  private Map<Integer, List<String>> rules(Stage stage, Bridge bridge, List<ChaosNode> nodes) {
    Map<Integer, List<String>> rules = new TreeMap<>();
    int alone = nodes.getFirst().id();
    boolean deaf = stage.random().nextBoolean();
    List<ChaosNode> others = nodes.subList(1, cut == Cut.BRIDGE ? 2 : nodes.size());
    for (ChaosNode other : others) {
      if (cut != Cut.ONE_WAY || deaf) {
        drop(rules, alone, bridge.host(other.id()));
      }
      if (cut != Cut.ONE_WAY || !deaf) {
        drop(rules, other.id(), bridge.host(alone));
      }
    }
    if (cut == Cut.ISOLATED) {
      drop(rules, alone, bridge.proverHost());
    }
    return rules;
  }

  private static void drop(Map<Integer, List<String>> rules, int at, String from) {
    rules.computeIfAbsent(at, _ -> new ArrayList<>()).add("ip saddr " + from + " counter drop");
  }
}
