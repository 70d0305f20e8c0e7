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
    name = "kick",
    description = {
      "Send a member of a consumer group away, one that is stuck, say.",
      "What it reads goes to the others at once, and its commits are refused from then on. Its"
          + " process is told, and may join again."
    },
    footer = {
      "%nExamples:",
      "  funes group describe shipping             # shows the members",
      "  funes group kick shipping shipping-7"
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields before call()
final class KickCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private Connection connection;

  @Parameters(index = "0", paramLabel = "GROUP", description = "The consumer group.")
  private String group;

  @Parameters(
      index = "1",
      paramLabel = "MEMBER",
      description = "The id of the member, or its instance id.")
  private String member;

  @Override
  public Integer call() {
    try (Admin admin = connection.admin()) {
      try {
        admin.kickMember(group, member);
      } catch (FunesException e) {
        throw Groups.explainMember(admin, group, member, e);
      }
    }
    PrintWriter out = spec.commandLine().getOut();
    out.println("sent member " + member + " of group " + group + " away");
    out.flush();
    Hints.say(spec, "funes group describe " + group);
    return ExitCode.OK;
  }
}
