package dev.funes.cli.cluster;

import dev.funes.cli.console.Subcommands;
import picocli.CommandLine.Command;

/** {@code funes cluster}. */
@Command(
    name = "cluster",
    description = {
      "Say how the cluster fares, with exit code 10 when it is not healthy; and add, empty, replace"
          + " and remove nodes.",
    },
    subcommands = {
      StatusCommand.class,
      DescribeCommand.class,
      ScrubCommand.class,
      AddNodeCommand.class,
      RemoveNodeCommand.class,
      DrainCommand.class,
      ReplaceNodeCommand.class,
      BalanceCommand.class,
      TransferLeaderCommand.class
    },
    footer = {
      "%nExamples:",
      "  funes cluster status",
      "  funes cluster status --wait-healthy --timeout 60s",
      "  funes cluster describe",
      "  funes cluster add-node --id 4 --host node4 --port 7070 --raft-port 7080",
      "  funes cluster balance --dry-run"
    })
public final class ClusterCommand extends Subcommands {}
