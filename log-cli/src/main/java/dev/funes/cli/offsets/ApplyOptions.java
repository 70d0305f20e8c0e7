package dev.funes.cli.offsets;

import dev.funes.cli.console.CommandFailure;
import dev.funes.cli.console.ExitCode;
import dev.funes.cli.console.Terminal;
import picocli.CommandLine.Option;

/** Whether a command that moves stored offsets does it, or only shows what it would do. */
public final class ApplyOptions {
  static final String DRY_RUN = "--dry-run";
  static final String YES = "--yes";

  @Option(
      names = DRY_RUN,
      description =
          "Only print how the offsets would move. The default when standard input and output are a"
              + " terminal.")
  private boolean dryRun;

  @Option(
      names = {YES, "-y"},
      description = "Move them. The default in scripts and pipes.")
  private boolean yes;

  /** True: change nothing. */
  public boolean isDryRun() {
    return isDryRun(dryRun, yes, Terminal.onBothEnds());
  }

  static boolean isDryRun(boolean dryRun, boolean yes, boolean onTerminal) {
    if (dryRun && yes) {
      throw new CommandFailure(ExitCode.USAGE, YES + " or " + DRY_RUN + ", not both");
    }
    return dryRun || (onTerminal && !yes);
  }
}
