package dev.funes.cli.cluster;

import dev.funes.cli.console.ExitCode;
import dev.funes.cli.console.FormatOption;
import dev.funes.client.Admin;
import dev.funes.client.ClusterNode;
import dev.funes.client.RaftGroupMove;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "replace-node",
    description = {
      "Put a new node in the place of one that is gone for good, or has lost its data.",
      "The new one has an id of its own, and takes over every raft group, one at a time. Then the"
          + " old one is removed; its process must not run again."
    },
    footer = {
      "%nExamples:",
      "  funes server --config cluster.yaml --node 4 --join      # on its machine",
      "  funes cluster replace-node 2 --id 4 --host node4 --port 7070 --raft-port 7080"
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields before call()
final class ReplaceNodeCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private ChangeOptions change;
  @Mixin private NodeOptions options;
  @Mixin private FormatOption format;

  @Parameters(paramLabel = "NODE", description = "The id of the node that is gone.")
  private int node;

  @Option(names = "--dry-run", description = "Change nothing, and show what would move.")
  private boolean dryRun;

  @Override
  public Integer call() throws InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    ClusterNode successor = options.node();
    try (Admin admin = change.admin()) {
      List<RaftGroupMove> moves = admin.replaceNode(node, successor, dryRun);
      if (dryRun) {
        Moves.print(out, format.value(), "would make " + Moves.count(moves), false, moves);
        return ExitCode.OK;
      }
      boolean done = change.await(spec, admin, cluster -> Placed.isGone(cluster, node));
      Moves.print(
          out,
          format.value(),
          (done ? "node %d is replaced by node %d" : "node %d is being replaced by node %d")
              .formatted(node, successor.nodeId()),
          done,
          moves);
    }
    return ExitCode.OK;
  }
}
