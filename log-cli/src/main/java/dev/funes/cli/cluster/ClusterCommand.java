package dev.funes.cli.cluster;

import dev.funes.cli.console.Subcommands;
import picocli.CommandLine.Command;

/** {@code funes cluster}. */
@Command(
    name = "cluster",
    description = "Say how the cluster fares. Exit code 10 when it is not healthy.",
    subcommands = {StatusCommand.class, DescribeCommand.class, ScrubCommand.class},
    footer = {
      "%nExamples:",
      "  funes cluster status",
      "  funes cluster status --wait-healthy --timeout 60s",
      "  funes cluster describe"
    })
public final class ClusterCommand extends Subcommands {}
