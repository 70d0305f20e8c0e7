package dev.funes.cli.cluster;

import dev.funes.cli.console.CommandFailure;
import dev.funes.cli.console.ExitCode;
import dev.funes.cli.console.FormatOption;
import dev.funes.client.Admin;
import dev.funes.client.RaftGroupMove;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "balance",
    description = {
      "Spread the replicas of data raft groups over zones and nodes, and their leads over nodes.",
      "No more moves than needed, one raft group at a time."
    },
    footer = {
      "%nExamples:",
      "  funes cluster balance --dry-run       # what would move where",
      "  funes cluster balance",
      "  funes cluster balance --stop          # nothing more than what moves now"
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields before call()
final class BalanceCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private ChangeOptions change;
  @Mixin private FormatOption format;

  @Option(names = "--dry-run", description = "Change nothing, and show what would move.")
  private boolean dryRun;

  @Option(names = "--stop", description = "Move nothing more than what is moving now.")
  private boolean stop;

  @Override
  public Integer call() throws InterruptedException {
    if (stop && dryRun) {
      throw new CommandFailure(ExitCode.USAGE, "--stop moves nothing, so it excludes --dry-run");
    }
    PrintWriter out = spec.commandLine().getOut();
    try (Admin admin = change.admin()) {
      if (stop) {
        admin.stopBalancing();
        Moves.print(out, format.value(), "stopped", true, List.of());
        return ExitCode.OK;
      }
      List<RaftGroupMove> moves = admin.balance(dryRun);
      if (dryRun) {
        Moves.print(out, format.value(), "would make " + Moves.count(moves), false, moves);
        return ExitCode.OK;
      }
      boolean done = change.await(spec, admin, Placed::isSettled);
      Moves.print(out, format.value(), done ? "raft groups are spread" : "balancing", done, moves);
    }
    return ExitCode.OK;
  }
}
