package dev.funes.chaos.fault;

import dev.funes.chaos.cluster.ChaosCluster;
import dev.funes.chaos.cluster.ChaosNode;
import dev.funes.chaos.cluster.ImageDisk;
import dev.funes.chaos.cluster.Shell;
import dev.funes.chaos.history.Impact;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Nodes lose what they have not forced: their file systems stop, the processes are killed, and the
 * file systems are mounted again from what had reached the image.
 *
 * @param nodes how many at the same time; {@link Integer#MAX_VALUE} for all
 * @param pauses whether the others stand still meanwhile, one after the other
 */
public record PowerLoss(String name, int nodes, boolean pauses) implements Fault {
  @Override
  public Optional<String> whyNot(ChaosCluster cluster) {
    return Needs.images(cluster);
  }

  @Override
  public Evidence inflict(Stage stage) throws IOException {
    List<ChaosNode> running = stage.shuffled();
    List<ChaosNode> victims = running.subList(0, Math.min(nodes, running.size()));
    List<ChaosNode> others = running.subList(victims.size(), running.size());
    boolean majorityLost = pauses || 2 * victims.size() >= running.size();
    stage.begin(name, victims, majorityLost ? Impact.MAJORITY : Impact.MINORITY);

    List<Canary> canaries = new ArrayList<>();
    List<Map<String, Long>> terms = new ArrayList<>();
    for (ChaosNode victim : victims) {
      canaries.add(Canary.place(disk(victim).mount()));
      terms.add(RaftTerms.settled(victim.disk().data()));
    }
    if (pauses) {
      standStill(stage, others.getFirst());
    }
    // All at once, or one would go on while another is down already.
    for (int i = 0; i < victims.size(); i++) {
      canaries.get(i).writeUnforced();
      disk(victims.get(i)).powerOff();
    }
    for (ChaosNode victim : victims) {
      victim.killAndHold();
    }
    for (ChaosNode victim : victims) {
      disk(victim).powerOn();
    }
    for (int i = 0; i < victims.size(); i++) {
      canaries.get(i).examine();
      RaftTerms.compare(stage, victims.get(i), terms.get(i));
      victims.get(i).start();
    }
    if (pauses) {
      for (ChaosNode other : others) {
        standStill(stage, other);
      }
    }
    return new Evidence(
        "%d file systems lost what was not forced, and kept what was; %d terms compared"
            .formatted(victims.size(), terms.stream().mapToInt(Map::size).sum()));
  }

  private static void standStill(Stage stage, ChaosNode node) throws IOException {
    long millis = stage.random().nextLong(200, 2_500);
    stage.say("node " + node.id() + " stands still for " + millis + " ms");
    node.signal("STOP");
    try {
      Shell.pause(millis);
    } finally {
      node.signal("CONT");
    }
  }

  private static ImageDisk disk(ChaosNode node) {
    return (ImageDisk) node.disk();
  }
}
