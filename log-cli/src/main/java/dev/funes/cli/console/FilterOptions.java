package dev.funes.cli.console;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.funes.filter.Filter;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** {@code --filter} and {@code --key} of the commands that read records. */
public final class FilterOptions {
  @ArgGroup(multiplicity = "0..1")
  private @Nullable Choice choice;

  @SuppressWarnings("UnusedVariable") // picocli writes what is read here
  private static final class Choice {
    @Option(
        names = "--filter",
        paramLabel = "EXPR",
        description =
            "Only records for which this is true, such as 'json.total > 100 && headers.source =="
                + " \"web\"'; the nodes judge them. See docs/replay.md.")
    private @Nullable String filter;

    @Option(names = "--key", paramLabel = "K", description = "Only records with this key.")
    private @Nullable String key;
  }

  /** The expression for the nodes; empty: all records. */
  public String expression() {
    if (choice == null) {
      return "";
    }
    return choice.key != null
        ? Filter.keyIs(choice.key.getBytes(UTF_8))
        : choice.filter == null ? "" : choice.filter;
  }
}
