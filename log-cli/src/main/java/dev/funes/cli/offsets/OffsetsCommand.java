package dev.funes.cli.offsets;

import dev.funes.cli.console.Subcommands;
import picocli.CommandLine.Command;

/** {@code funes offsets}. */
@Command(
    name = "offsets",
    description = "Show, commit and reset the stored offsets of consumer groups.",
    subcommands = {ShowCommand.class, CommitCommand.class, ResetCommand.class},
    footer = {
      "%nExamples:",
      "  funes offsets show",
      "  funes offsets show shipping",
      "  funes offsets commit shipping orders/0=120",
      "  funes offsets reset shipping --to @-1h --dry-run"
    })
public final class OffsetsCommand extends Subcommands {}
