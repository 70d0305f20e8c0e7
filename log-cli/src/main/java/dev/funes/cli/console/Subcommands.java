package dev.funes.cli.console;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A command that only groups others: alone it is a mistake, and says what is missing. */
public abstract class Subcommands implements Runnable {
  @Spec private CommandSpec spec;

  /** Picocli fills in the specification. */
  @SuppressWarnings("NullAway.Init") // by picocli, before anything is called
  protected Subcommands() {}

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "which? " + String.join(", ", spec.subcommands().keySet()));
  }
}
