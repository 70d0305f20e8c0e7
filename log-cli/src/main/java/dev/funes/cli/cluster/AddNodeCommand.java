package dev.funes.cli.cluster;

import dev.funes.cli.console.ExitCode;
import dev.funes.cli.console.FormatOption;
import dev.funes.cli.console.Hints;
import dev.funes.client.Admin;
import dev.funes.client.ClusterNode;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
    name = "add-node",
    description = {
      "Make a node one of the cluster.",
      "Start it with: funes server --join. It gets its share of the raft groups with: funes cluster"
          + " balance."
    },
    footer = {
      "%nExamples:",
      "  funes server --config cluster.yaml --node 4 --join      # on its machine",
      "  funes cluster add-node --id 4 --host node4 --port 7070 --raft-port 7080",
      "  funes cluster balance"
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields before call()
final class AddNodeCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private ChangeOptions change;
  @Mixin private NodeOptions options;
  @Mixin private FormatOption format;

  @Override
  public Integer call() throws InterruptedException {
    ClusterNode node = options.node();
    try (Admin admin = change.admin()) {
      admin.addNode(node);
      boolean done = change.await(spec, admin, cluster -> Placed.isIn(cluster, node.nodeId()));
      Moves.print(
          spec.commandLine().getOut(),
          format.value(),
          done
              ? "node %d is in the cluster".formatted(node.nodeId())
              : "node %d is being added".formatted(node.nodeId()),
          done,
          List.of());
    }
    Hints.say(spec, "funes cluster balance");
    return ExitCode.OK;
  }
}
