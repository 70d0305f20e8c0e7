package dev.funes.cli.offsets;

import dev.funes.cli.console.CommandFailure;
import dev.funes.cli.console.Connection;
import dev.funes.cli.console.ExitCode;
import dev.funes.cli.console.FormatOption;
import dev.funes.cli.console.JsonOut;
import dev.funes.cli.console.OutputFormat;
import dev.funes.cli.console.Suggestions;
import dev.funes.cli.console.Table;
import dev.funes.cli.format.Times;
import dev.funes.client.Admin;
import dev.funes.client.CommittedOffset;
import dev.funes.client.ErrorCode;
import dev.funes.client.FunesException;
import dev.funes.client.ListedOffset;
import dev.funes.client.LogPosition;
import dev.funes.client.TopicPartition;
import java.io.PrintWriter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
      "Show where a consumer group reads on, and how many records it is behind the end.",
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
    for (String name : admin.listGroups()) {
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
      throw unknownGroup(admin, name);
    }
    Map<TopicPartition, Long> ends = ends(admin, offsets);
    PrintWriter out = spec.commandLine().getOut();
    Table table = new Table("PARTITION", "OFFSET", "END", "LAG", "COMMITTED");
    for (CommittedOffset offset : offsets) {
      Long end = ends.get(offset.partition());
      Long lag = end == null ? null : Math.max(0, end - offset.offset());
      switch (format.value()) {
        case JSON -> printJson(name, offset, end, lag, out);
        case TABLE ->
            table.row(
                PartitionName.print(offset.partition()),
                offset.offset(),
                end == null ? "-" : end,
                lag == null ? "-" : lag,
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
          json.writeNumberField("commitTimeMillis", offset.commitTimeMillis());
          json.writeStringField("metadata", offset.metadata());
        });
  }

  /** The ends of the partitions; a topic that is gone has none. */
  private static Map<TopicPartition, Long> ends(Admin admin, List<CommittedOffset> offsets) {
    Map<TopicPartition, LogPosition> positions = new HashMap<>();
    offsets.forEach(offset -> positions.put(offset.partition(), new LogPosition.End()));
    Map<TopicPartition, Long> ends = new HashMap<>();
    try {
      Map<TopicPartition, ListedOffset> listed = admin.listOffsets(positions);
      listed.forEach((partition, offset) -> ends.put(partition, offset.offset()));
    } catch (FunesException e) {
      if (e.code() != ErrorCode.UNKNOWN_TOPIC) {
        throw e;
      }
    }
    return ends;
  }

  private static CommandFailure unknownGroup(Admin admin, String name) {
    String closest = Suggestions.closest(name, admin.listGroups());
    return new CommandFailure(
        ExitCode.NOT_FOUND,
        "group '"
            + name
            + "' has no stored offsets"
            + (closest == null ? "" : "; did you mean '" + closest + "'?"));
  }
}
