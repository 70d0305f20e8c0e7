package dev.funes.cli.console;

import picocli.CommandLine.Option;

/** {@code --format} of the commands that print a table or JSON. */
@SuppressWarnings("NullAway.Init") // picocli sets the field before the command is called
public final class FormatOption {
  @Option(
      names = {"-f", "--format"},
      paramLabel = "FORMAT",
      defaultValue = "table",
      description = "${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
  private OutputFormat value;

  /** What was asked for, or the default. */
  public OutputFormat value() {
    return value;
  }
}
