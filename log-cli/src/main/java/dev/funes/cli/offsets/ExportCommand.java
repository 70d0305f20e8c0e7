package dev.funes.cli.offsets;

import dev.funes.cli.console.CommandFailure;
import dev.funes.cli.console.Connection;
import dev.funes.cli.console.ExitCode;
import dev.funes.cli.console.Hints;
import dev.funes.client.Admin;
import dev.funes.client.CommittedOffset;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "export",
    description = "Write the stored offsets of a consumer group as JSON, for 'offsets import'.",
    footer = {
      "%nExamples:",
      "  funes offsets export shipping offsets.json",
      "  funes offsets export shipping --at @-1d",
      "  funes offsets export shipping | jq -c 'select(.topic == \"orders\")'"
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields before call()
final class ExportCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private Connection connection;

  @Parameters(index = "0", paramLabel = "GROUP", description = "The consumer group.")
  private String group;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "FILE",
      description = "Where to write to; what is there is replaced. Default: standard output.")
  private @Nullable Path file;

  @Option(
      names = "--at",
      paramLabel = "WHEN",
      defaultValue = "now",
      description =
          "As they were: @timestamp, @-1h, the id of an entry of the history, or bookmark:NAME.")
  private String at;

  @Override
  public Integer call() throws IOException {
    Moment moment = Moment.parse(at, Clock.systemUTC());
    List<CommittedOffset> offsets;
    try (Admin admin = connection.admin()) {
      offsets = moment.offsets(admin, group);
      if (offsets.isEmpty()) {
        throw moment.at() == null
            ? new GroupCalls(admin, group).unknown()
            : new CommandFailure(
                ExitCode.NOT_FOUND, "group '%s' had no stored offsets at %s".formatted(group, at));
      }
    }
    Path target = file;
    if (target == null) {
      print(offsets, spec.commandLine().getOut());
    } else {
      StringWriter text = new StringWriter();
      print(offsets, new PrintWriter(text));
      Files.writeString(target, text.toString());
      Hints.say(spec, "funes offsets import " + group + " " + target);
    }
    return ExitCode.OK;
  }

  private void print(List<CommittedOffset> offsets, PrintWriter out) {
    offsets.forEach(offset -> OffsetLines.print(group, offset.partition(), offset.offset(), out));
  }
}
