package dev.funes.cli.console;

import java.io.PrintWriter;
import picocli.CommandLine.Model.CommandSpec;

/** Says what to type next, to people only. */
public final class Hints {
  private Hints() {}

  /** Prints the hint on standard error when that is a terminal. */
  public static void say(CommandSpec spec, String hint) {
    if (Terminal.onStandardError()) {
      PrintWriter err = spec.commandLine().getErr();
      err.println("next: " + hint);
      err.flush();
    }
  }
}
