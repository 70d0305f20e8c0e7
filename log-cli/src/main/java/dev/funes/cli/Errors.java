package dev.funes.cli;

import dev.funes.cli.console.CommandFailure;
import dev.funes.cli.console.ExitCode;
import dev.funes.cli.console.Failures;
import dev.funes.cli.console.Terminal;
import java.io.PrintWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Tells users what went wrong: one line, and a hint when a person is watching. */
final class Errors {
  private final FunesCommand root;

  Errors(FunesCommand root) {
    this.root = root;
  }

  /** The command line could not be understood. */
  static int misused(ParameterException failure, String[] args) {
    CommandLine command = failure.getCommandLine();
    String message = firstLine(failure);
    if (failure instanceof UnmatchedArgumentException unmatched) {
      message = unmatched(unmatched);
    }
    print(
        command.getErr(),
        message,
        command.getCommandSpec().qualifiedName() + " --help",
        /* verbose= */ null);
    return ExitCode.USAGE;
  }

  private static String unmatched(UnmatchedArgumentException failure) {
    String argument = failure.getUnmatched().isEmpty() ? "" : failure.getUnmatched().getFirst();
    boolean isCommand =
        !argument.startsWith("-") && !failure.getCommandLine().getSubcommands().isEmpty();
    String what = isCommand ? "no command '" : "what is '";
    List<String> suggestions = failure.getSuggestions();
    return what
        + argument
        + (isCommand ? "'" : "'?")
        + (suggestions.isEmpty()
            ? ""
            : (isCommand ? "; did" : " Did") + " you mean '" + suggestions.getFirst() + "'?");
  }

  /** The command was understood and ended with an exception. */
  int failed(Exception thrown, CommandLine command, ParseResult parsed) {
    if (thrown instanceof ParameterException misuse) {
      return misused(misuse, new String[0]);
    }
    CommandFailure failure = Failures.explain(thrown);
    print(
        command.getErr(),
        String.valueOf(failure.getMessage()),
        failure.hint(),
        root.isVerbose() ? thrown : null);
    return failure.exitCode();
  }

  private static void print(
      PrintWriter err, String message, @Nullable String hint, @Nullable Throwable verbose) {
    err.println("funes: " + message);
    if (hint != null && Terminal.onStandardError()) {
      err.println("hint: " + hint);
    }
    if (verbose != null) {
      verbose.printStackTrace(err);
    }
    err.flush();
  }

  private static String firstLine(Throwable failure) {
    String message = failure.getMessage();
    return message == null ? "" : message.lines().findFirst().orElse("");
  }
}
