package dev.funes.cli.cluster;

import dev.funes.cli.console.CommandFailure;
import dev.funes.cli.console.ExitCode;
import dev.funes.cli.console.FormatOption;
import dev.funes.cli.console.Hints;
import dev.funes.client.Admin;
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
    name = "drain",
    description = {
      "Move all data raft groups away from a node, one at a time, and keep new ones away from it.",
      "As many nodes must be left as the replication factor says."
    },
    footer = {
      "%nExamples:",
      "  funes cluster drain 4 --dry-run       # what would move where",
      "  funes cluster drain 4",
      "  funes cluster drain 4 --undo && funes cluster balance"
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields before call()
final class DrainCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private ChangeOptions change;
  @Mixin private FormatOption format;

  @Parameters(paramLabel = "NODE", description = "Its id.")
  private int node;

  @Option(names = "--dry-run", description = "Change nothing, and show what would move.")
  private boolean dryRun;

  @Option(
      names = "--undo",
      description = "It may have raft groups again. What has moved stays where it is.")
  private boolean undo;

  @Override
  public Integer call() throws InterruptedException {
    if (undo && dryRun) {
      throw new CommandFailure(ExitCode.USAGE, "--undo moves nothing, so it excludes --dry-run");
    }
    PrintWriter out = spec.commandLine().getOut();
    try (Admin admin = change.admin()) {
      if (undo) {
        admin.undrainNode(node);
        Moves.print(
            out, format.value(), "node %d may have raft groups".formatted(node), true, List.of());
        Hints.say(spec, "funes cluster balance");
        return ExitCode.OK;
      }
      List<RaftGroupMove> moves = admin.drainNode(node, dryRun);
      if (dryRun) {
        Moves.print(out, format.value(), "would make " + Moves.count(moves), false, moves);
        return ExitCode.OK;
      }
      boolean done = change.await(spec, admin, cluster -> Placed.isEmpty(cluster, node));
      Moves.print(
          out,
          format.value(),
          (done ? "node %d has no data raft group" : "node %d is being drained").formatted(node),
          done,
          moves);
    }
    Hints.say(spec, "funes cluster remove-node " + node);
    return ExitCode.OK;
  }
}
