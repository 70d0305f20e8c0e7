package dev.funes.cli.console;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import picocli.CommandLine.Model.CommandSpec;

/** Asks before something is deleted for good. */
public final class Deletion {
  private Deletion() {}

  /**
   * Has the name typed again.
   *
   * @param what such as "a topic"
   * @param consequence what is lost, a sentence
   * @throws CommandFailure when nobody can be asked, or something else is typed
   */
  public static void confirm(CommandSpec spec, String what, String name, String consequence)
      throws IOException {
    if (!Terminal.onStandardInput()) {
      throw new CommandFailure(
          ExitCode.USAGE, "deleting " + what + " needs --yes when nobody can be asked");
    }
    PrintWriter err = spec.commandLine().getErr();
    err.print(consequence + " Type the name to go on: ");
    err.flush();
    String typed = new BufferedReader(new InputStreamReader(System.in, UTF_8)).readLine();
    if (!name.equals(typed)) {
      throw new CommandFailure(ExitCode.FAILED, "nothing was deleted");
    }
  }
}
