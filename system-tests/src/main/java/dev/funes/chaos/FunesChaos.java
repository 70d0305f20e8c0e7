package dev.funes.chaos;

import dev.funes.chaos.idempotence.IdempotenceCommand;
import dev.funes.chaos.scenario.CleanCommand;
import dev.funes.chaos.scenario.KnownBadCommand;
import dev.funes.chaos.scenario.ListCommand;
import dev.funes.chaos.scenario.RunCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command {@code funes-chaos}. */
@Command(
    name = "funes-chaos",
    description = "Breaks a real cluster of Funes, and checks that what was acknowledged survives.",
    mixinStandardHelpOptions = true,
    subcommands = {
      RunCommand.class,
      ListCommand.class,
      CleanCommand.class,
      CheckCommand.class,
      KnownBadCommand.class,
      IdempotenceCommand.class,
      CommandLine.HelpCommand.class
    })
public final class FunesChaos {

  private FunesChaos() {}

  /** Exit code 0: every check is green; 1: one is red; 2: wrong usage; 3: the run itself failed. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new FunesChaos()).execute(arguments));
  }
}
