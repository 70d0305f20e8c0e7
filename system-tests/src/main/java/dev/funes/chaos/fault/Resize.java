package dev.funes.chaos.fault;

import dev.funes.chaos.cluster.ChaosCluster;
import dev.funes.chaos.cluster.ChaosNode;
import dev.funes.chaos.cluster.Membership;
import dev.funes.chaos.history.Impact;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Two nodes join and get their share; then two nodes, any of them, are drained and removed.
 *
 * @param kills whether one node is killed in the middle of each change
 */
public record Resize(String name, boolean kills) implements Fault {
  private static final Duration MOVED = Duration.ofMinutes(6);
  private static final int NODES = 2;

  @Override
  public Optional<String> whyNot(ChaosCluster cluster) {
    return Needs.nothing();
  }

  @Override
  public Evidence inflict(Stage stage) throws IOException {
    ChaosCluster cluster = stage.cluster();
    Membership membership = new Membership(cluster);
    List<ChaosNode> before = stage.shuffled();
    stage.begin(name, before, Impact.MINORITY);
    List<Integer> joined = new ArrayList<>();
    for (int i = 0; i < NODES; i++) {
      ChaosNode node = cluster.addNode(cluster.freshNodeId(), true);
      cluster.writeConfig();
      node.disturb(true);
      node.start();
      membership.add(node);
      stage.members().joined(node);
      joined.add(node.id());
    }
    stage.say("  nodes " + joined + " have joined");
    membership.balance();
    killOne(stage);
    membership.awaitMoved(MOVED);
    stage.say("  the raft groups are spread over " + cluster.nodeIds());

    List<Integer> leaving = new ArrayList<>();
    for (ChaosNode node : stage.shuffled().subList(0, NODES)) {
      node.disturb(true);
      leaving.add(node.id());
      membership.drain(node.id());
    }
    killOne(stage);
    membership.awaitMoved(MOVED);
    for (int id : leaving) {
      membership.remove(id);
      stage.members().left(id);
      cluster.removeNode(id);
    }
    cluster.writeConfig();
    return new Evidence(
        "nodes %s joined, nodes %s left; there are %s"
            .formatted(joined, leaving, cluster.nodeIds()));
  }

  private void killOne(Stage stage) throws IOException {
    if (kills) {
      ChaosNode victim = stage.shuffled().getFirst();
      victim.disturb(true);
      stage.say("  in the middle of it node " + victim.id() + " is killed");
      victim.signal("KILL");
    }
  }
}
