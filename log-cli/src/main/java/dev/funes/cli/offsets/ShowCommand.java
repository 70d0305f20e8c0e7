package dev.funes.cli.offsets;

import dev.funes.cli.console.Connection;
import dev.funes.cli.console.ExitCode;
import dev.funes.cli.console.FormatOption;
import dev.funes.cli.console.JsonOut;
import dev.funes.cli.console.OutputFormat;
import dev.funes.cli.console.Table;
import dev.funes.cli.format.Times;
import dev.funes.client.Admin;
import dev.funes.client.CommittedOffset;
import dev.funes.client.GroupInfo;
import java.io.PrintWriter;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "show",
    description = {
      "Show where a consumer group reads on, how many records it is behind the end, and how long the"
          + " next one has been waiting.",
      "Without GROUP: the names of the groups that have stored offsets."
    },
    footer = {
      "%nExamples:",
      "  funes offsets show",
      "  funes offsets show shipping",
      "  funes offsets show shipping -f json | jq -s 'map(.lag) | add'"
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields before call()
final class ShowCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private Connection connection;

  @Parameters(paramLabel = "GROUP", arity = "0..1", description = "The consumer group.")
  private @Nullable String group;

  @Mixin private FormatOption format;

  @Override
  public Integer call() {
    try (Admin admin = connection.admin()) {
      if (group == null) {
        listGroups(admin);
      } else {
        show(admin, group);
      }
    }
    return ExitCode.OK;
  }

  private void listGroups(Admin admin) {
    PrintWriter out = spec.commandLine().getOut();
    for (GroupInfo group : admin.listGroups()) {
      String name = group.name();
      switch (format.value()) {
        case JSON -> JsonOut.print(out, json -> json.writeStringField("group", name));
        case TABLE -> out.println(name);
      }
    }
    out.flush();
  }

  private void show(Admin admin, String name) {
    List<CommittedOffset> offsets = admin.committedOffsets(name);
    if (offsets.isEmpty()) {
      throw new GroupCalls(admin, name).unknown();
    }
    Lags lags = Lags.of(admin, offsets, Clock.systemUTC());
    PrintWriter out = spec.commandLine().getOut();
    Table table = new Table("PARTITION", "OFFSET", "END", "LAG", "BEHIND", "COMMITTED");
    for (CommittedOffset offset : offsets) {
      Long end = lags.end(offset);
      Long lag = lags.records(offset);
      Long lagMillis = lags.millis(offset);
      switch (format.value()) {
        case JSON -> printJson(name, offset, end, lag, lagMillis, out);
        case TABLE ->
            table.row(
                PartitionName.print(offset.partition()),
                offset.offset(),
                Moves.orDash(end),
                Moves.orDash(lag),
                lagMillis == null ? "-" : Lags.print(lagMillis),
                Times.printTimestamp(offset.commitTimeMillis()));
      }
    }
    if (format.value() == OutputFormat.TABLE) {
      table.print(out);
    }
  }

  private static void printJson(
      String group,
      CommittedOffset offset,
      @Nullable Long end,
      @Nullable Long lag,
      @Nullable Long lagMillis,
      PrintWriter out) {
    JsonOut.print(
        out,
        json -> {
          json.writeStringField("group", group);
          json.writeStringField("topic", offset.partition().topic());
          json.writeNumberField("partition", offset.partition().partition());
          json.writeNumberField("offset", offset.offset());
          JsonOut.number("endOffset", end, json);
          JsonOut.number("lag", lag, json);
          JsonOut.number("lagMillis", lagMillis, json);
          json.writeNumberField("commitTimeMillis", offset.commitTimeMillis());
          json.writeStringField("metadata", offset.metadata());
        });
  }
}
