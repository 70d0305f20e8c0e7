package dev.funes.cli.perf;

import dev.funes.cli.console.OutputFormat;
import picocli.CommandLine.Option;

/** How and where a result is given. */
@SuppressWarnings("NullAway.Init") // picocli sets the fields before the command is called
final class OutputOptions {
  @Option(
      names = {"-f", "--format"},
      paramLabel = "FORMAT",
      defaultValue = "table",
      description = "${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
  private OutputFormat format;

  OutputFormat format() {
    return format;
  }
}
