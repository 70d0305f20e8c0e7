package dev.funes.chaos.scenario;

import dev.funes.chaos.cluster.ClusterOptions;
import dev.funes.chaos.fault.ClockJump;
import dev.funes.chaos.fault.Damage;
import dev.funes.chaos.fault.DeviceErrors;
import dev.funes.chaos.fault.DiskFull;
import dev.funes.chaos.fault.FailingCalls;
import dev.funes.chaos.fault.Fault;
import dev.funes.chaos.fault.FileKind;
import dev.funes.chaos.fault.Kill;
import dev.funes.chaos.fault.LongPause;
import dev.funes.chaos.fault.OldCopy;
import dev.funes.chaos.fault.PacketLoss;
import dev.funes.chaos.fault.Partition;
import dev.funes.chaos.fault.Pause;
import dev.funes.chaos.fault.PowerLoss;
import dev.funes.chaos.fault.ReadOnlyDisk;
import dev.funes.chaos.fault.ReplaceNode;
import dev.funes.chaos.fault.Resize;
import dev.funes.chaos.fault.RollingRestart;
import dev.funes.chaos.fault.Rot;
import dev.funes.chaos.fault.ShimRule;
import dev.funes.chaos.fault.SlowLink;
import dev.funes.chaos.fault.SlowNode;
import dev.funes.chaos.history.Limits;
import dev.funes.chaos.history.RunInfo.TopicPlan;
import dev.funes.chaos.knownbad.KnownBad;
import dev.funes.chaos.workload.WorkloadSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** All scenarios, by name. */
final class Scenarios {
  private static final int ALL = Integer.MAX_VALUE;
  private static final Limits LIMITS = Limits.DEFAULTS;

  /** Where two cores build and test beside it: whether writes go on at all, not how soon. */
  private static final Limits SLOW_MACHINE = new Limits(20_000, 30_000, 60_000, 50, 180);

  private static final Fault KILL_ONE = new Kill("kill-one", 1);
  private static final Fault KILL_TWO = new Kill("kill-two", 2);
  private static final Fault KILL_ALL = new Kill("kill-all", ALL);
  private static final Fault POWER_ONE = new PowerLoss("power-loss-one", 1, false);
  private static final Fault POWER_ALL = new PowerLoss("power-loss-all", ALL, false);
  private static final Fault POWER_PAUSES = new PowerLoss("power-loss-one-with-pauses", 1, true);
  private static final Fault FULL_ONE = new DiskFull("disk-full-one", 1, 0);
  private static final Fault FULL_ALL = new DiskFull("disk-full-all", ALL, 0);
  private static final Fault LOW_ONE = new DiskFull("disk-low-one", 1, 20);
  private static final Fault READ_ONLY = new ReadOnlyDisk("disk-read-only");
  private static final Fault PAUSE = new Pause("pause");
  private static final Fault LONG_PAUSE = new LongPause("long-pause");
  private static final Fault SLOW_NODE = new SlowNode("slow-node");
  private static final Fault CLOCK = new ClockJump("clock-jump");
  private static final Fault ROLLING = new RollingRestart("rolling-restart");
  private static final List<Fault> CUTS =
      List.of(
          new Partition(Partition.Cut.SYMMETRIC),
          new Partition(Partition.Cut.ONE_WAY),
          new Partition(Partition.Cut.BRIDGE),
          new Partition(Partition.Cut.FLAPPING),
          new Partition(Partition.Cut.ISOLATED));
  private static final List<Fault> LINKS =
      List.of(new PacketLoss("packet-loss"), new SlowLink("slow-link"));

  private static final List<Fault> CALLS =
      List.of(
          new FailingCalls(
              "force-fails",
              List.of(
                  ShimRule.failOnce("syncs", ShimRule.EIO, "/data/"),
                  ShimRule.fail("syncs", ShimRule.EIO, "/data/raft/"),
                  ShimRule.fail("syncs", ShimRule.EIO, "/data/groups/")),
              true),
          new FailingCalls(
              "write-fails",
              List.of(
                  ShimRule.failOnce("writes", ShimRule.EIO, "/data/raft/"),
                  ShimRule.failOnce("writes", ShimRule.HALF_WRITTEN, "/data/raft/"),
                  ShimRule.failOnce("writes", ShimRule.ENOSPC, "/data/raft/"),
                  ShimRule.failOnce("writes", ShimRule.EIO, "/partitions/")),
              true),
          new FailingCalls(
              "read-fails",
              // A read of a segment that fails is damage, which is repaired while the node goes on.
              List.of(new ShimRule("reads", ShimRule.EIO, 0, 0, 0, 200, "/state/")),
              true),
          new FailingCalls("slow-force", List.of(ShimRule.delay("syncs", 300, "/data/")), false));

  /** Half of what the machine of a small test can take, so that faults are what is seen. */
  private static final WorkloadSettings LOAD =
      WorkloadSettings.DEFAULTS.withTopics(
          List.of(TopicPlan.of("chaos-a", 4, 2 << 20), TopicPlan.of("chaos-b", 4, 0)));

  /** Retention takes from the first all the time, from the second only in a long run. */
  private static final List<TopicPlan> KEEPING_LITTLE =
      List.of(
          TopicPlan.of("chaos-a", 4, 1 << 20).keeping(3 << 20),
          TopicPlan.of("chaos-b", 4, 4 << 20).keeping(24 << 20));

  private static final Map<String, Scenario> ALL_SCENARIOS = make();

  private Scenarios() {}

  static Map<String, Scenario> all() {
    return ALL_SCENARIOS;
  }

  private static Map<String, Scenario> make() {
    Map<String, Scenario> all = new LinkedHashMap<>();
    add(
        all,
        scenario(
            "kill",
            "kill -9 of one node, of two, of all",
            20,
            0,
            6_000,
            List.of(KILL_ONE, KILL_ONE, KILL_ONE, KILL_ONE, KILL_TWO, KILL_ALL)));
    add(
        all,
        scenario(
            "power-loss",
            "what was not forced is lost: on one node, on all, on one while others stand still",
            15,
            0,
            6_000,
            List.of(POWER_ONE, POWER_ALL, POWER_PAUSES)));
    add(
        all,
        scenario(
            "partition",
            "nodes that do not hear each other, or badly",
            15,
            15_000,
            6_000,
            join(CUTS, LINKS),
            Scenarios::withRoomAndShortRaftLogs));
    add(
        all,
        scenario(
            "flapping",
            "one node and the others hear each other on and off, for many seconds",
            6,
            15_000,
            6_000,
            List.of(new Partition(Partition.Cut.FLAPPING))));
    add(
        all,
        scenario(
            "pause",
            "a node stands still, for seconds or for more than a minute, or gets hardly any time",
            10,
            20_000,
            6_000,
            List.of(PAUSE, PAUSE, PAUSE, SLOW_NODE, LONG_PAUSE),
            Scenarios::withRoomAndShortRaftLogs));
    add(
        all,
        scenario(
            "clock",
            "the clock of a node jumps by up to an hour",
            10,
            8_000,
            4_000,
            List.of(CLOCK),
            options -> withRoom(options).withEnvironment(ClockJump.environment())));
    add(
        all,
        scenario(
            "disk-full",
            "disks that are nearly or wholly full, and have room again",
            8,
            12_000,
            6_000,
            List.of(LOW_ONE, FULL_ONE, FULL_ALL),
            UnaryOperator.identity()));
    add(
        all,
        scenario(
            "disk-fault",
            "writes, forces and reads that fail, disks that are slow or turn read-only",
            12,
            4_000,
            6_000,
            join(List.of(READ_ONLY), CALLS),
            options -> withRoom(options).withEnvironment(FailingCalls.environment())));
    add(
        all,
        scenario(
            "device-fault",
            "the block device below a node fails every write",
            6,
            0,
            6_000,
            List.of(new DeviceErrors("device-write-fails")),
            ClusterOptions::withFaultyDevices));
    add(
        all,
        scenario("rot", "one file of one node is damaged, whatever it is", 15, 0, 6_000, rot()));
    add(
        all,
        scenario(
            "old-copy",
            "what a node keeps beside its Raft log is replaced by an older copy of itself",
            8,
            8_000,
            4_000,
            oldCopies()));
    add(
        all,
        scenario(
            "rolling-restart",
            "all nodes are restarted in good order",
            3,
            0,
            6_000,
            List.of(ROLLING)));
    add(
        all,
        scenario(
            "replace-node",
            "a node loses its disk, and another takes its place",
            3,
            0,
            4_000,
            List.of(new ReplaceNode("replace-node"))));
    add(
        all,
        scenario(
            "resize",
            "from three nodes to five and back, with kills in the middle",
            2,
            0,
            4_000,
            List.of(new Resize("resize", false), new Resize("resize-with-kills", true))));
    add(
        all,
        scenario(
                "mixed",
                "everything that a cluster of three survives by itself, in any order",
                60,
                12_000,
                15_000,
                join(
                    List.of(
                        KILL_ONE,
                        KILL_ALL,
                        POWER_ONE,
                        POWER_ALL,
                        POWER_PAUSES,
                        PAUSE,
                        SLOW_NODE,
                        CLOCK),
                    List.of(LOW_ONE, FULL_ONE, READ_ONLY, ROLLING),
                    CUTS,
                    LINKS),
                Scenarios::keepingLittle)
            .withLoad(LOAD.withTopics(KEEPING_LITTLE)));
    add(
        all,
        new Scenario(
            "short",
            "one of each that matters most: the form for every change",
            List.of(
                KILL_ONE,
                POWER_ALL,
                CUTS.getFirst(),
                FULL_ONE,
                new Rot(FileKind.SEGMENT, Damage.FLIP)),
            true,
            5,
            3_000,
            500,
            SLOW_MACHINE,
            shortLoad(),
            options -> options.withSetting("checkpoint-millis", "2000")));
    return Collections.unmodifiableMap(all);
  }

  /** The faults that a known-bad build does not survive. */
  static Scenario knownBad(KnownBad bad) {
    List<Fault> faults =
        switch (bad) {
          case UNSAFE_FLUSH, NO_DIRECTORY_FORCE -> List.of(POWER_ALL, POWER_ALL);
          case NO_DEDUPLICATION -> List.of(KILL_ONE, KILL_TWO, KILL_ONE, KILL_ALL);
        };
    return new Scenario(
        bad.command(),
        bad.text(),
        faults,
        true,
        faults.size(),
        0,
        1_000,
        LIMITS,
        LOAD.withRecordsPerSecond(1_500),
        UnaryOperator.identity());
  }

  private static List<Fault> oldCopies() {
    return Arrays.stream(OldCopy.What.values()).<Fault>map(OldCopy::new).toList();
  }

  private static List<Fault> rot() {
    List<Fault> all = new ArrayList<>();
    for (FileKind kind : FileKind.values()) {
      for (Damage damage : Damage.values()) {
        all.add(new Rot(kind, damage));
      }
    }
    return all;
  }

  /** For dozens of faults: the load keeps everything, a megabyte a second. */
  private static ClusterOptions withRoom(ClusterOptions options) {
    return options.withDiskMib(4_096);
  }

  /**
   * For processes that live through a run: the entries of the Raft logs that are kept, which are in
   * memory, reach their bound in two minutes, so before C13 looks.
   */
  private static ClusterOptions withRoomAndShortRaftLogs(ClusterOptions options) {
    return withShortRaftLogs(withRoom(options));
  }

  private static ClusterOptions withShortRaftLogs(ClusterOptions options) {
    return options.withSetting("raft-log-keep-bytes", Integer.toString(32 << 20));
  }

  /** For an hour and more: what is on the disks has to level off, and soon. */
  private static ClusterOptions keepingLittle(ClusterOptions options) {
    return withShortRaftLogs(options)
        .withEnvironment(ClockJump.environment())
        .withSetting("retention-check-millis", "2000");
  }

  private static WorkloadSettings shortLoad() {
    return new WorkloadSettings(
        List.of(TopicPlan.of("chaos-a", 3, 1 << 20), TopicPlan.of("chaos-b", 3, 0)),
        2,
        1,
        400,
        512,
        1,
        2,
        true,
        Duration.ofMinutes(3));
  }

  private static Scenario scenario(
      String name,
      String text,
      int faultCount,
      long holdMillisMax,
      long gapMillisMax,
      List<Fault> faults) {
    return scenario(
        name, text, faultCount, holdMillisMax, gapMillisMax, faults, Scenarios::withRoom);
  }

  private static Scenario scenario(
      String name,
      String text,
      int faultCount,
      long holdMillisMax,
      long gapMillisMax,
      List<Fault> faults,
      UnaryOperator<ClusterOptions> options) {
    return new Scenario(
        name, text, faults, false, faultCount, holdMillisMax, gapMillisMax, LIMITS, LOAD, options);
  }

  private static void add(Map<String, Scenario> all, Scenario scenario) {
    all.put(scenario.name(), scenario);
  }

  @SafeVarargs
  private static List<Fault> join(List<Fault>... parts) {
    List<Fault> whole = new ArrayList<>();
    for (List<Fault> part : parts) {
      whole.addAll(part);
    }
    return whole;
  }
}
