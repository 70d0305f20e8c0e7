package dev.funes.cli;

import java.io.PrintWriter;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code funes generate-completion}, for the start-up file of a shell. */
@Command(
    name = "generate-completion",
    hidden = true,
    description = "Print the completion script for bash and zsh.",
    footer = {"%nExamples:", "  source <(funes generate-completion)"})
@SuppressWarnings("NullAway.Init") // picocli sets the field before run()
final class CompletionCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    PrintWriter out = spec.commandLine().getOut();
    out.print(AutoComplete.bash("funes", spec.root().commandLine()));
    out.flush();
  }
}
