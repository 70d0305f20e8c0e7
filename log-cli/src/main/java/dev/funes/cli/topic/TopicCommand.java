package dev.funes.cli.topic;

import dev.funes.cli.console.Subcommands;
import picocli.CommandLine.Command;

/** {@code funes topic}. */
@Command(
    name = "topic",
    description = "Create, list, describe, alter and delete topics.",
    subcommands = {
      CreateCommand.class,
      ListCommand.class,
      DescribeCommand.class,
      AlterCommand.class,
      DeleteCommand.class
    },
    footer = {
      "%nExamples:",
      "  funes topic create orders --partitions 6",
      "  funes topic list",
      "  funes topic describe orders",
      "  funes topic alter orders --retention 30d",
      "  funes topic delete orders"
    })
public final class TopicCommand extends Subcommands {}
