package dev.funes.cli.offsets;

import dev.funes.cli.console.StandardStreams;
import dev.funes.cli.console.Subcommands;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code funes offsets}. */
@Command(
    name = "offsets",
    description = "Show, commit and move the stored offsets of consumer groups, and their history.",
    subcommands = {
      ShowCommand.class,
      CommitCommand.class,
      ResetCommand.class,
      UndoCommand.class,
      HistoryCommand.class,
      DiffCommand.class,
      BookmarkCommand.class,
      BookmarksCommand.class,
      ExportCommand.class,
      CopyCommand.class,
      AtCommand.class
    },
    footer = {
      "%nExamples:",
      "  funes offsets show shipping",
      "  funes offsets reset shipping --to @-1h --dry-run",
      "  funes offsets reset shipping --to @-1h --yes",
      "  funes offsets undo shipping --yes",
      "  funes offsets history shipping"
    })
public final class OffsetsCommand extends Subcommands {
  /** The command with all that belongs to it. */
  public static CommandLine create(StandardStreams streams) {
    return new CommandLine(new OffsetsCommand())
        .addSubcommand("import", new ImportCommand(streams));
  }
}
