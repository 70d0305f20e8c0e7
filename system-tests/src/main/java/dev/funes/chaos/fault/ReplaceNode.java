package dev.funes.chaos.fault;

import dev.funes.chaos.cluster.ChaosCluster;
import dev.funes.chaos.cluster.ChaosNode;
import dev.funes.chaos.cluster.Membership;
import dev.funes.chaos.cluster.Shell;
import dev.funes.chaos.history.Impact;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A node loses its disk. Its old id with an empty disk has to be refused; a node under a new id
 * takes its place.
 */
public record ReplaceNode(String name) implements Fault {
  private static final Duration REPLACED = Duration.ofMinutes(5);
  private static final int REFUSED_SECONDS_MAX = 60;

  @Override
  public Optional<String> whyNot(ChaosCluster cluster) {
    return Needs.nothing();
  }

  @Override
  public Evidence inflict(Stage stage) throws IOException {
    ChaosCluster cluster = stage.cluster();
    ChaosNode victim = stage.shuffled().getFirst();
    stage.begin(name, List.of(victim), Impact.MINORITY);
    victim.killAndHold();
    victim.disk().wipe();
    String refusal = refusal(victim);
    victim.killAndHold();

    int id = cluster.freshNodeId();
    ChaosNode successor = cluster.addNode(id, true);
    cluster.writeConfig();
    successor.disturb(true);
    successor.start();
    Membership membership = new Membership(cluster);
    membership.replace(victim.id(), successor);
    stage.say("  node " + id + " is to take the place of node " + victim.id());
    membership.awaitRetired(victim.id(), REPLACED);
    membership.awaitMoved(REPLACED);
    cluster.removeNode(victim.id());
    cluster.writeConfig();
    stage.members().left(victim.id());
    stage.members().joined(successor);
    if (refusal.isEmpty()) {
      String what = "node %d with an empty disk was not refused".formatted(victim.id());
      stage.history().mark("red", what);
    }
    return new Evidence(
        "node %d, wiped, was refused (%s); node %d is in its place"
            .formatted(victim.id(), refusal, id));
  }

  /** What a node with an empty disk says under an id that had data; empty when it starts. */
  private static String refusal(ChaosNode victim) throws IOException {
    long from = victim.logPosition();
    int exits = victim.exits().size();
    victim.start();
    for (int i = 0; i < REFUSED_SECONDS_MAX * 10; i++) {
      if (victim.exits().size() > exits) {
        byte[] all = Files.readAllBytes(victim.log());
        String news = new String(all, (int) from, all.length - (int) from, StandardCharsets.UTF_8);
        return news.lines()
            .filter(line -> line.contains("replace-node"))
            .findFirst()
            .orElse("")
            .strip();
      }
      Shell.pause(100);
    }
    return "";
  }
}
