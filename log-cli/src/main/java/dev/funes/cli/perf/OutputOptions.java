package dev.funes.cli.perf;

import dev.funes.cli.console.OutputFormat;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How a result is printed, and beside which earlier one. */
@SuppressWarnings("NullAway.Init") // picocli sets the fields before the command is called
final class OutputOptions {
  @Option(
      names = {"-f", "--format"},
      paramLabel = "FORMAT",
      defaultValue = "table",
      description = "${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
  private OutputFormat format;

  @Option(
      names = "--compare",
      paramLabel = "FILE",
      description = "Show the difference to an earlier run, whose -f json this file holds.")
  private @Nullable Path earlier;

  OutputFormat format() {
    return format;
  }

  /** The run to compare with; null when none was named. */
  @Nullable Earlier earlier(String scenario) throws IOException {
    return earlier == null ? null : Earlier.read(earlier, scenario);
  }
}
