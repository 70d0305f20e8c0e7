package dev.funes.cli.group;

import dev.funes.cli.console.Connection;
import dev.funes.cli.console.Deletion;
import dev.funes.cli.console.ExitCode;
import dev.funes.cli.console.Groups;
import dev.funes.client.Admin;
import dev.funes.client.FunesException;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "delete",
    description = {
      "Forget a consumer group that has no members: its offsets, their history and its bookmarks.",
      "There is no way back.",
      "On a terminal the name has to be typed again, unless --yes is given."
    },
    footer = {
      "%nExamples:",
      "  funes group delete shipping",
      "  funes group delete shipping --yes"
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields before call()
final class DeleteCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private Connection connection;

  @Parameters(paramLabel = "GROUP", description = "The consumer group.")
  private String name;

  @Option(
      names = {"-y", "--yes"},
      description = "Do not ask.")
  private boolean yes;

  @Override
  public Integer call() throws IOException {
    if (!yes) {
      Deletion.confirm(
          spec,
          "a group",
          name,
          "This forgets the offsets of '%s' and their history.".formatted(name));
    }
    try (Admin admin = connection.admin()) {
      try {
        admin.deleteGroup(name);
      } catch (FunesException e) {
        throw Groups.explain(admin, name, e);
      }
    }
    PrintWriter out = spec.commandLine().getOut();
    out.println("deleted group " + name);
    out.flush();
    return ExitCode.OK;
  }
}
