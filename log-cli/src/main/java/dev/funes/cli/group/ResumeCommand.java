package dev.funes.cli.group;

import dev.funes.cli.console.Connection;
import dev.funes.cli.console.ExitCode;
import dev.funes.cli.console.Groups;
import dev.funes.cli.console.Hints;
import dev.funes.client.Admin;
import dev.funes.client.FunesException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "resume",
    description = {"Start delivery to the members of a consumer group again."},
    footer = {"%nExamples:", "  funes group resume shipping"})
@SuppressWarnings("NullAway.Init") // picocli sets the fields before call()
final class ResumeCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private Connection connection;

  @Parameters(paramLabel = "GROUP", description = "The consumer group.")
  private String group;

  @Override
  public Integer call() {
    try (Admin admin = connection.admin()) {
      try {
        admin.resumeGroup(group);
      } catch (FunesException e) {
        throw Groups.explain(admin, group, e);
      }
    }
    PrintWriter out = spec.commandLine().getOut();
    out.println("resumed group " + group);
    out.flush();
    Hints.say(spec, "funes group describe " + group);
    return ExitCode.OK;
  }
}
