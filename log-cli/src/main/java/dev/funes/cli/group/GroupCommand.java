package dev.funes.cli.group;

import dev.funes.cli.console.Subcommands;
import picocli.CommandLine.Command;

/** {@code funes group}. */
@Command(
    name = "group",
    description = "Show consumer groups, pause and resume them, send members away, delete them.",
    subcommands = {
      ListCommand.class,
      DescribeCommand.class,
      PauseCommand.class,
      ResumeCommand.class,
      KickCommand.class,
      DeleteCommand.class
    },
    footer = {
      "%nTo join one: funes consume TOPIC... -g GROUP. Its offsets: funes offsets.",
      "%nExamples:",
      "  funes group list",
      "  funes group describe shipping --watch",
      "  funes group pause shipping",
      "  funes group kick shipping shipping-7"
    })
public final class GroupCommand extends Subcommands {}
