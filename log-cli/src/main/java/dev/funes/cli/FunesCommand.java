package dev.funes.cli;

import dev.funes.cli.console.ExitCode;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** {@code funes} itself: what all commands share. */
@Command(
    name = "funes",
    description = "A replicated, partitioned commit log that forgets nothing.",
    synopsisSubcommandLabel = "COMMAND",
    versionProvider = Version.class,
    footer = {
      "%nStandard output carries data alone; messages go to standard error, in one line.",
      "Completion for bash and zsh: source <(funes generate-completion)",
      "%nExamples:",
      "  funes dev                                         # a whole cluster, here and now",
      "  funes topic create greetings --partitions 3",
      "  echo hello | funes produce greetings",
      "  funes consume greetings -e",
      "  funes offsets reset readers --to @-1h --dry-run"
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields before call()
final class FunesCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = ScopeType.INHERIT,
      description = "Show this help.")
  @SuppressWarnings("UnusedVariable") // picocli looks at the option, not at the field
  private boolean help;

  @Option(
      names = {"-V", "--version"},
      versionHelp = true,
      description = "Show the version.")
  @SuppressWarnings("UnusedVariable") // picocli looks at the option, not at the field
  private boolean version;

  @Option(
      names = "--verbose",
      scope = ScopeType.INHERIT,
      description = "Print the stack trace of an error.")
  private boolean verbose;

  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getErr());
    return ExitCode.USAGE;
  }

  boolean isVerbose() {
    return verbose;
  }
}
