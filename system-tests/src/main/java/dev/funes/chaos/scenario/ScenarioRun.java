package dev.funes.chaos.scenario;

import dev.funes.chaos.check.Checks;
import dev.funes.chaos.check.Report;
import dev.funes.chaos.cluster.ChaosCluster;
import dev.funes.chaos.cluster.ChaosNode;
import dev.funes.chaos.cluster.ClusterOptions;
import dev.funes.chaos.cluster.Machine;
import dev.funes.chaos.cluster.Shell;
import dev.funes.chaos.fault.Members;
import dev.funes.chaos.history.History;
import dev.funes.chaos.history.NemesisLog;
import dev.funes.chaos.history.RunClock;
import dev.funes.chaos.history.RunInfo;
import dev.funes.chaos.timeline.Timeline;
import dev.funes.chaos.workload.FinalReads;
import dev.funes.chaos.workload.Quiescence;
import dev.funes.chaos.workload.Workload;
import dev.funes.client.FunesException;
import dev.funes.client.NodeAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** One run from the first start to the verdicts. */
final class ScenarioRun {
  private static final Duration FIRST_START = Duration.ofMinutes(3);
  private static final long FIRST_ACKNOWLEDGED = 100;
  private static final int FIRST_SECONDS_MAX = 60;
  private static final long LAST_LOAD_MILLIS = 2_000;
  private static final Duration READ_MAX = Duration.ofMinutes(10);

  /** When a node did not catch up: the run is red anyway, and the checks still say of what kind. */
  private static final Duration READ_MAX_WHEN_STUCK = Duration.ofMinutes(1);

  private final RunPlan plan;
  private final RunJournal journal;
  private final Path history;
  private final RunClock clock = RunClock.started();
  private final String runId;

  private ScenarioRun(RunPlan plan, RunJournal journal, String runId) {
    this.plan = plan;
    this.journal = journal;
    this.history = plan.directory().resolve("history");
    this.runId = runId;
  }

  /** Runs it and prints the verdicts. */
  static Report run(RunPlan plan) throws IOException {
    Files.createDirectories(plan.directory());
    String runId = "%04x".formatted(Math.floorMod(System.nanoTime(), 1 << 16));
    try (RunJournal journal = new RunJournal(plan.directory().resolve("run.log"))) {
      ScenarioRun run = new ScenarioRun(plan, journal, runId);
      run.observe();
      return run.judge();
    }
  }

  private void observe() throws IOException {
    Scenario scenario = plan.scenario();
    journal.print(
        "scenario %s, seed %d, run %s: %s%ndirectory %s"
            .formatted(scenario.name(), plan.seed(), runId, scenario.text(), plan.directory()));
    Machine machine = plan.plain() ? Machine.plain() : Machine.probe(plan.directory(), runId);
    machine.lacks().forEach(lack -> journal.print("this machine: " + lack));
    RunInfo info =
        new RunInfo(
            Math.toIntExact(Long.parseLong(runId, 16)),
            plan.seed(),
            scenario.name(),
            clock.originMillis(),
            scenario.load().topics(),
            scenario.load().idempotent(),
            scenario.limits(),
            plan.repeat());
    History.begin(history, info);
    ClusterOptions options =
        scenario.options().apply(ClusterOptions.of(plan.funes())).withClassPathFront(plan.front());
    Path work = plan.directory().resolve("cluster");
    try (NemesisLog nemesis = NemesisLog.open(history, clock);
        ChaosCluster cluster = ChaosCluster.open(work, runId, options, machine, journal)) {
      inflict(cluster, info, nemesis);
    }
  }

  private void inflict(ChaosCluster cluster, RunInfo info, NemesisLog nemesis) throws IOException {
    cluster.startAll();
    Duration started = cluster.awaitHealthy(FIRST_START);
    journal.say(
        "%d nodes up after %.1f s".formatted(cluster.nodeIds().size(), started.toMillis() / 1e3));
    Sampling sampling = new Sampling(cluster, nemesis);
    try (sampling;
        Workload load =
            Workload.start(addresses(cluster), plan.scenario().load(), info, history, clock)) {
      awaitAcknowledged(load, FIRST_ACKNOWLEDGED);
      sampling.atRestNow();
      sampling.start();
      nemesis.mark("load", "");
      FaultSequence faults =
          new FaultSequence(
              plan.scenario(),
              plan.seed(),
              cluster,
              journal,
              nemesis,
              following(load),
              sampling::atRest);
      try {
        faults.run(plan.faults(), plan.duration());
        nemesis.mark("healed", faults.inflicted() + " faults");
        Shell.pause(LAST_LOAD_MILLIS);
      } catch (IOException e) {
        journal.say("RED " + e.getMessage());
        nemesis.mark("healed", "");
        nemesis.mark("stuck", String.valueOf(e.getMessage()));
      }
      nemesis.mark("unload", "");
      load.stop();
      faults.look();
      journal.say(load.acknowledged() + " records acknowledged, " + faults.inflicted() + " faults");
    }
    String problem = Quiescence.await(addresses(cluster), info.limits().healSeconds());
    nemesis.mark(problem.isEmpty() ? "quiescent" : "stuck", problem);
    sampling.atRestNow();
    try {
      readBack(cluster, problem.isEmpty() ? READ_MAX : READ_MAX_WHEN_STUCK, info);
    } catch (FunesException e) {
      journal.say("RED the last reading failed: " + e.getMessage());
      nemesis.mark("red", "the last reading failed: " + e.getMessage());
    }
  }

  /** The load reads from nodes that join, too. */
  private static Members following(Workload load) {
    return new Members() {
      @Override
      public void joined(ChaosNode node) {
        load.addNode(address(node));
      }

      @Override
      public void left(int nodeId) {
        load.removeNode(nodeId);
      }
    };
  }

  /**
   * @param patience for each replica
   */
  private void readBack(ChaosCluster cluster, Duration patience, RunInfo info) throws IOException {
    journal.say("reading everything from every node");
    FinalReads.fromNodes(addresses(cluster), patience, info, history, clock);
    Map<Integer, Path> data = new TreeMap<>();
    for (ChaosNode node : cluster.nodes()) {
      node.stopAndHold();
      data.put(node.id(), node.disk().data());
    }
    journal.say("checking the files of the stopped nodes");
    FinalReads.fromFiles(plan.funes(), data, info, history, clock);
  }

  private void awaitAcknowledged(Workload load, long count) throws IOException {
    for (int i = 0; load.acknowledged() < count; i++) {
      if (i == FIRST_SECONDS_MAX * 10) {
        throw new IOException("nothing was acknowledged in " + FIRST_SECONDS_MAX + " s");
      }
      Shell.pause(100);
    }
  }

  private Report judge() throws IOException {
    History loaded = History.load(history);
    Report report = Checks.all().run(loaded);
    report.write(plan.directory().resolve("report.json"));
    Path picture = plan.directory().resolve("timeline.html");
    Timeline.write(loaded, report, picture);
    journal.print("\n" + report.text().stripTrailing());
    journal.print(
        "history:  " + history + "\ntimeline: " + picture + "\nrepeat:   " + plan.repeat());
    journal.print(
        report.isGreen()
            ? "GREEN " + plan.scenario().name() + " seed " + plan.seed()
            : "RED " + plan.scenario().name() + " seed " + plan.seed() + ": " + report.red());
    if (report.isGreen() && !plan.keepData()) {
      removeDisks();
    }
    return report;
  }

  /** Of a run that was green nobody wants to look into them. */
  private void removeDisks() throws IOException {
    try (Stream<Path> nodes = Files.list(plan.directory().resolve("cluster/nodes"))) {
      for (Path node : nodes.toList()) {
        Shell.run(
            "rm",
            "-rf",
            "--one-file-system",
            node.resolve("disk").toString(),
            node.resolve("disk.img").toString());
      }
    }
  }

  private static List<NodeAddress> addresses(ChaosCluster cluster) {
    return cluster.nodes().stream().map(ScenarioRun::address).toList();
  }

  private static NodeAddress address(ChaosNode node) {
    return new NodeAddress(node.id(), node.address().host(), node.address().port());
  }
}
