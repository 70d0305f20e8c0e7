package dev.funes.chaos.scenario;

import dev.funes.chaos.cluster.ChaosCluster;
import dev.funes.chaos.cluster.Journal;
import dev.funes.chaos.cluster.NodeExit;
import dev.funes.chaos.cluster.Shell;
import dev.funes.chaos.fault.Evidence;
import dev.funes.chaos.fault.Fault;
import dev.funes.chaos.fault.Members;
import dev.funes.chaos.fault.Stage;
import dev.funes.chaos.history.NemesisLog;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;

/**
 * Inflicts one fault after the other, each on a cluster that is whole. What must not be is marked
 * in the history. For one thread.
 */
final class FaultSequence {
  private static final long GAP_MILLIS_MIN = 300;

  private final Scenario scenario;
  private final long seed;
  private final ChaosCluster cluster;
  private final Journal journal;
  private final NemesisLog history;
  private final Members members;
  private final Runnable whole;
  private final List<Fault> possible = new ArrayList<>();
  private final Set<String> skipped = new TreeSet<>();
  private final Set<NodeExit> seen = new HashSet<>();
  private int inflicted;

  /**
   * @param whole is run after each fault, when the cluster is whole again
   */
  FaultSequence(
      Scenario scenario,
      long seed,
      ChaosCluster cluster,
      Journal journal,
      NemesisLog history,
      Members members,
      Runnable whole) {
    this.whole = whole;
    this.scenario = scenario;
    this.seed = seed;
    this.cluster = cluster;
    this.journal = journal;
    this.history = history;
    this.members = members;
    for (Fault fault : scenario.faults()) {
      Optional<String> whyNot = fault.whyNot(cluster);
      if (whyNot.isEmpty()) {
        possible.add(fault);
      } else if (skipped.add(fault.name())) {
        journal.say("SKIPPED " + fault.name() + ": " + whyNot.get());
      }
    }
  }

  int inflicted() {
    return inflicted;
  }

  /** Faults that this machine does not allow. */
  Set<String> skipped() {
    return skipped;
  }

  /**
   * Goes on until there were enough faults, or the time is over.
   *
   * @throws IOException when the cluster is not whole again in time: nothing more can be shown then
   */
  void run(int faults, Duration duration) throws IOException {
    if (possible.isEmpty()) {
      red("every fault of the scenario was skipped on this machine");
      return;
    }
    int count = scenario.inOrder() ? Math.min(faults, possible.size()) : faults;
    long begin = System.nanoTime();
    for (int i = 0; i < count && System.nanoTime() - begin < duration.toNanos(); i++) {
      // Of its own for each: what one of them draws does not depend on how long another took.
      SplittableRandom random = new SplittableRandom(mix(seed, i));
      Fault fault = choose(i);
      Shell.pause(GAP_MILLIS_MIN + random.nextLong(scenario.gapMillisMax() + 1));
      look();
      inflict(i, fault, random);
    }
    look();
  }

  /** By chance, but each as often as any other: a new order in every round. */
  private Fault choose(int number) {
    if (scenario.inOrder()) {
      return possible.get(number);
    }
    List<Fault> round = new ArrayList<>(possible);
    Collections.shuffle(round, new Random(mix(seed, -1 - number / possible.size())));
    return round.get(number % possible.size());
  }

  /** Seeds that are near to each other would draw alike. */
  private static long mix(long seed, int number) {
    long mixed = (seed + 1) * 0x9E3779B97F4A7C15L + number * 0xBF58476D1CE4E5B9L;
    return (mixed ^ (mixed >>> 29)) * 0x94D049BB133111EBL;
  }

  private void inflict(int number, Fault fault, SplittableRandom random) throws IOException {
    Stage stage = new Stage(cluster, random, journal, history, members, scenario.holdMillisMax());
    stage.expectEnds(fault.endsProcesses());
    journal.say("fault " + (number + 1) + " is " + fault.name());
    try {
      Evidence evidence = fault.inflict(stage);
      stage.end(evidence.text());
      journal.say("  evidence: " + evidence.text());
      inflicted++;
    } catch (IOException e) {
      stage.end("");
      red(fault.name() + ": " + e.getMessage());
    }
    Duration whole = cluster.awaitWhole();
    journal.say("  whole again %.1f s after it was healed".formatted(whole.toMillis() / 1e3));
    look();
    cluster.nodes().forEach(node -> node.disturb(false));
    cluster.deleteSetAside();
    this.whole.run();
  }

  /** Marks every node that has ended for no reason. */
  void look() {
    for (NodeExit exit : cluster.exits()) {
      if (seen.add(exit) && !exit.expected()) {
        red("node %d ended by itself with code %d".formatted(exit.nodeId(), exit.code()));
      }
    }
  }

  private void red(String what) {
    journal.say("RED " + what);
    history.mark("red", what);
  }
}
