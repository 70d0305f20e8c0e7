package dev.funes.cli.topic;

import dev.funes.cli.console.Connection;
import dev.funes.cli.console.Deletion;
import dev.funes.cli.console.ExitCode;
import dev.funes.cli.console.Topics;
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
      "Delete a topic and all its records. There is no way back.",
      "On a terminal the name has to be typed again, unless --yes is given."
    },
    footer = {"%nExamples:", "  funes topic delete orders", "  funes topic delete orders --yes"})
@SuppressWarnings("NullAway.Init") // picocli sets the fields before call()
final class DeleteCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private Connection connection;

  @Parameters(paramLabel = "TOPIC", description = "The topic.")
  private String name;

  @Option(
      names = {"-y", "--yes"},
      description = "Do not ask.")
  private boolean yes;

  @Override
  public Integer call() throws IOException {
    if (!yes) {
      Deletion.confirm(spec, "a topic", name, "This deletes every record of '%s'.".formatted(name));
    }
    try (Admin admin = connection.admin()) {
      admin.deleteTopic(name);
    } catch (FunesException e) {
      try (Admin admin = connection.admin()) {
        throw Topics.explain(admin, name, e);
      }
    }
    PrintWriter out = spec.commandLine().getOut();
    out.println("deleted topic " + name);
    out.flush();
    return ExitCode.OK;
  }
}
