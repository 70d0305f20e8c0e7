package dev.funes.cli.cluster;

import dev.funes.cli.console.CommandFailure;
import dev.funes.cli.console.Connection;
import dev.funes.cli.console.ExitCode;
import dev.funes.cli.console.FormatOption;
import dev.funes.cli.console.Hints;
import dev.funes.cli.console.JsonOut;
import dev.funes.cli.console.Table;
import dev.funes.cli.console.Terminal;
import dev.funes.cli.format.Sizes;
import dev.funes.client.Admin;
import dev.funes.client.NodeDescription;
import dev.funes.client.NodeScrub;
import dev.funes.client.ScrubStart;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "scrub",
    description = {
      "Let nodes read all their segments now, to find what their disks have changed and to repair it from other replicas.",
      "Shows how far they are and ends when they are done; they go on when it is interrupted. Exit code 10 when damage is left."
    },
    footer = {
      "%nExamples:",
      "  funes cluster scrub",
      "  funes cluster scrub --node 2 --no-wait && funes cluster describe"
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields before call()
final class ScrubCommand implements Callable<Integer> {
  private static final Duration LOOK_EVERY = Duration.ofMillis(500);

  @Spec private CommandSpec spec;
  @Mixin private Connection connection;

  @Option(names = "--node", paramLabel = "ID", description = "This node only. Default: all.")
  private int node;

  @Option(names = "--no-wait", description = "End when the nodes have begun.")
  private boolean noWait;

  @Mixin private FormatOption format;

  @Override
  public Integer call() throws InterruptedException {
    if (spec.commandLine().getParseResult().hasMatchedOption("--node") && node < 1) {
      throw new CommandFailure(ExitCode.USAGE, "--node must be 1 or more, was " + node);
    }
    PrintWriter err = spec.commandLine().getErr();
    try (Admin admin = connection.admin()) {
      Map<Integer, NodeScrub> before = scrubs(admin);
      ScrubStart started = admin.startScrub(node);
      Map<Integer, NodeScrub> after = noWait ? before : await(admin, started, err);
      print(started, before, after);
      if (!started.unreachable().isEmpty()) {
        throw new CommandFailure(
            ExitCode.UNREACHABLE, "these nodes do not answer: " + started.unreachable());
      }
      boolean left = after.values().stream().anyMatch(each -> each.damagedSegments() > 0);
      if (left || noWait) {
        Hints.say(spec, "funes cluster describe");
      }
      return left && !noWait ? ExitCode.UNHEALTHY : ExitCode.OK;
    }
  }

  /** Of the nodes that answer. */
  private static Map<Integer, NodeScrub> scrubs(Admin admin) {
    Map<Integer, NodeScrub> scrubs = new TreeMap<>();
    for (NodeDescription each : admin.describeCluster().nodes()) {
      if (each.reachable()) {
        scrubs.put(each.address().nodeId(), each.scrub());
      }
    }
    return scrubs;
  }

  private Map<Integer, NodeScrub> await(Admin admin, ScrubStart started, PrintWriter err)
      throws InterruptedException {
    long patience = connection.timeout(Connection.DEFAULT_TIMEOUT).toNanos();
    long answeredNanos = System.nanoTime();
    while (true) {
      Thread.sleep(LOOK_EVERY);
      Map<Integer, NodeScrub> now = scrubs(admin);
      now.keySet().retainAll(started.nodes());
      if (now.size() == started.nodes().size()) {
        answeredNanos = System.nanoTime();
        if (now.values().stream().noneMatch(NodeScrub::running)) {
          return now;
        }
      } else if (System.nanoTime() - answeredNanos > patience) {
        throw new CommandFailure(
            ExitCode.UNREACHABLE, "a node that has begun does not answer any more");
      }
      if (Terminal.onStandardError()) {
        now.forEach(
            (id, scrub) ->
                err.println(
                    "node %d: %s of %s"
                        .formatted(
                            id,
                            Sizes.print(scrub.passDoneBytes()),
                            Sizes.print(scrub.passTotalBytes()))));
        err.flush();
      }
    }
  }

  private void print(
      ScrubStart started, Map<Integer, NodeScrub> before, Map<Integer, NodeScrub> after) {
    PrintWriter out = spec.commandLine().getOut();
    switch (format.value()) {
      case JSON ->
          JsonOut.print(
              out,
              json -> {
                json.writeArrayFieldStart("nodes");
                for (int id : started.nodes()) {
                  json.writeStartObject();
                  json.writeNumberField("node", id);
                  NodeScrub scrub = after.get(id);
                  if (scrub != null) {
                    ClusterJson.writeScrub(scrub, json);
                  }
                  json.writeEndObject();
                }
                json.writeEndArray();
              });
      case TABLE -> {
        if (noWait) {
          out.println("begun on nodes " + started.nodes());
          out.flush();
        } else {
          table(started, before, after).print(out);
        }
      }
    }
  }

  private static Table table(
      ScrubStart started, Map<Integer, NodeScrub> before, Map<Integer, NodeScrub> after) {
    Table table = new Table("NODE", "READ", "DAMAGED", "REPAIRED", "SEGMENTS LEFT DAMAGED");
    for (int id : started.nodes()) {
      NodeScrub then = before.get(id);
      NodeScrub now = after.get(id);
      if (now != null) {
        table.row(
            id,
            Sizes.print(now.passDoneBytes()),
            Math.max(0, now.corruptBatches() - (then == null ? 0 : then.corruptBatches())),
            Math.max(0, now.repairedBatches() - (then == null ? 0 : then.repairedBatches())),
            now.damagedSegments());
      }
    }
    return table;
  }
}
