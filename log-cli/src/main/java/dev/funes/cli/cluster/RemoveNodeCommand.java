package dev.funes.cli.cluster;

import dev.funes.cli.console.CommandFailure;
import dev.funes.cli.console.ExitCode;
import dev.funes.cli.console.FormatOption;
import dev.funes.client.Admin;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "remove-node",
    description = {
      "Forget a node for ever. Refused while a data raft group is placed on it or counts its vote.",
      "Its id is not given again. Stop the process afterwards; its data directory can go."
    },
    footer = {
      "%nExamples:",
      "  funes cluster drain 4 && funes cluster remove-node 4",
      "  funes cluster remove-node 4 --drain          # the same"
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields before call()
final class RemoveNodeCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private ChangeOptions change;
  @Mixin private FormatOption format;

  @Parameters(paramLabel = "NODE", description = "Its id.")
  private int node;

  @Option(names = "--drain", description = "Move its raft groups away first, and wait for that.")
  private boolean drain;

  @Override
  public Integer call() throws InterruptedException {
    if (drain && !change.waits()) {
      throw new CommandFailure(ExitCode.USAGE, "--drain has to wait, so it excludes --no-wait");
    }
    try (Admin admin = change.admin()) {
      if (drain) {
        admin.drainNode(node, false);
        change.await(spec, admin, cluster -> Placed.isEmpty(cluster, node));
      }
      admin.removeNode(node);
      boolean done = change.await(spec, admin, cluster -> Placed.isGone(cluster, node));
      Moves.print(
          spec.commandLine().getOut(),
          format.value(),
          (done ? "node %d is removed" : "node %d is being removed").formatted(node),
          done,
          List.of());
    }
    return ExitCode.OK;
  }
}
