package dev.funes.chaos.fault;

import dev.funes.chaos.cluster.Bridge;
import dev.funes.chaos.cluster.ChaosCluster;
import dev.funes.chaos.cluster.ChaosNode;
import dev.funes.chaos.cluster.Journal;
import dev.funes.chaos.cluster.Shell;
import dev.funes.chaos.history.Impact;
import dev.funes.chaos.history.NemesisLog;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;

/** What a fault works with. For one thread. */
public final class Stage {
  private final ChaosCluster cluster;
  private final RandomGenerator random;
  private final Journal journal;
  private final NemesisLog history;
  private final Members members;
  private final long holdMillisMax;
  private long open = -1;
  private boolean endsProcesses = true;

  /**
   * @param random decides everything that is left to chance
   * @param holdMillisMax how long a fault that lasts may last
   */
  public Stage(
      ChaosCluster cluster,
      RandomGenerator random,
      Journal journal,
      NemesisLog history,
      Members members,
      long holdMillisMax) {
    this.cluster = cluster;
    this.random = random;
    this.journal = journal;
    this.history = history;
    this.members = members;
    this.holdMillisMax = holdMillisMax;
  }

  public ChaosCluster cluster() {
    return cluster;
  }

  public RandomGenerator random() {
    return random;
  }

  /** Marks in the history of the run. */
  public NemesisLog history() {
    return history;
  }

  /** Who has to hear of nodes that come and go. */
  Members members() {
    return members;
  }

  /** The network that can be cut; only for faults that have made sure of it. */
  Bridge bridge() throws IOException {
    if (cluster.network() instanceof Bridge bridge) {
      return bridge;
    }
    throw new IOException("the nodes have no networks of their own");
  }

  /** The nodes that run, in an order left to chance. */
  List<ChaosNode> shuffled() throws IOException {
    List<ChaosNode> running = new ArrayList<>(cluster.nodes());
    running.removeIf(node -> !node.runs());
    if (running.isEmpty()) {
      throw new IOException("no node runs");
    }
    Collections.shuffle(running, new Random(random.nextLong()));
    return running;
  }

  /** Whether the next fault may end the processes of its targets. */
  public void expectEnds(boolean expected) {
    endsProcesses = expected;
  }

  /** Says and notes that a fault begins now; each fault calls it once, before it does anything. */
  void begin(String name, List<ChaosNode> targets, Impact impact) {
    List<String> names = targets.stream().map(node -> "node " + node.id()).toList();
    targets.forEach(node -> node.disturb(endsProcesses));
    say(name + ": " + String.join(", ", names));
    open = history.begin(name, names, impact);
  }

  /** Notes that the fault has been taken back. Does nothing when none has begun. */
  public void end(String evidence) {
    if (open >= 0) {
      history.end(open, evidence);
      open = -1;
    }
  }

  /** How long a fault is to last: from a fifth of the longest time to all of it. */
  long holdMillis() {
    return random.nextLong(Math.max(1, holdMillisMax / 5), holdMillisMax + 1);
  }

  /** Lets a fault last. */
  long hold() throws IOException {
    long millis = holdMillis();
    Shell.pause(millis);
    return millis;
  }

  public void say(String line) {
    journal.say(line);
  }
}
