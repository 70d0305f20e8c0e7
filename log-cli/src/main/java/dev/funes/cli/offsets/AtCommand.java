package dev.funes.cli.offsets;

import dev.funes.cli.console.CommandFailure;
import dev.funes.cli.console.Connection;
import dev.funes.cli.console.ExitCode;
import dev.funes.cli.console.FormatOption;
import dev.funes.cli.console.JsonOut;
import dev.funes.cli.console.OutputFormat;
import dev.funes.cli.console.Table;
import dev.funes.cli.console.Topics;
import dev.funes.cli.format.Place;
import dev.funes.cli.format.Times;
import dev.funes.client.Admin;
import dev.funes.client.ListedOffset;
import dev.funes.client.LogPosition;
import dev.funes.client.ResetTopic;
import dev.funes.client.TopicPartition;
import java.io.PrintWriter;
import java.time.Clock;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "at",
    description = {
      "Show where an instant lies in every partition of topics: the offset of the first record that"
          + " is not older.",
      "One cut through all of them; with -f json it can be given to 'offsets import'."
    },
    footer = {
      "%nExamples:",
      "  funes offsets at @2026-01-31T12:00:00Z orders parcels",
      "  funes offsets at @-1h orders:0,1",
      "  funes offsets at @-1h orders parcels -f json | funes offsets import shipping"
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields before call()
final class AtCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private Connection connection;

  @Parameters(
      index = "0",
      paramLabel = "WHERE",
      description = "@timestamp, @-1h for an hour ago, start or end.")
  private String where;

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "TOPIC[:P,...]",
      description = "Topics, or only some partitions of them.")
  private List<String> topics;

  @Mixin private FormatOption format;

  @Override
  public Integer call() {
    LogPosition position = position();
    List<ResetTopic> parts = topics.stream().map(PartitionName::parseTopic).toList();
    SortedMap<TopicPartition, ListedOffset> cut;
    try (Admin admin = connection.admin()) {
      SortedMap<TopicPartition, LogPosition> asked = new TreeMap<>();
      for (ResetTopic part : parts) {
        partitions(admin, part).forEach(partition -> asked.put(partition, position));
      }
      cut = admin.listOffsets(asked);
    }
    print(cut);
    return ExitCode.OK;
  }

  private LogPosition position() {
    return switch (Place.parse(where, Clock.systemUTC())) {
      case Place.Start start -> new LogPosition.Start();
      case Place.End end -> new LogPosition.End();
      case Place.AtTime(long millis) -> new LogPosition.Timestamp(millis);
      case Place.At _, Place.BeforeEnd _ ->
          throw new CommandFailure(
              ExitCode.USAGE,
              where + " is not the same place in every partition: use @timestamp, start or end");
    };
  }

  private static List<TopicPartition> partitions(Admin admin, ResetTopic part) {
    int count = Topics.describe(admin, part.topic()).topic().partitionCount();
    part.partitions().forEach(number -> Topics.requirePartition(part.topic(), count, number));
    List<Integer> numbers =
        part.partitions().isEmpty()
            ? IntStream.range(0, count).boxed().toList()
            : part.partitions();
    return numbers.stream().map(number -> new TopicPartition(part.topic(), number)).toList();
  }

  private void print(SortedMap<TopicPartition, ListedOffset> cut) {
    PrintWriter out = spec.commandLine().getOut();
    Table table = new Table("PARTITION", "OFFSET", "RECORD OF");
    cut.forEach(
        (partition, listed) -> {
          Long timestamp = listed.timestampMillis();
          switch (format.value()) {
            case JSON ->
                JsonOut.print(
                    out,
                    json -> {
                      json.writeStringField("topic", partition.topic());
                      json.writeNumberField("partition", partition.partition());
                      json.writeNumberField("offset", listed.offset());
                      JsonOut.number("timestamp", timestamp, json);
                    });
            case TABLE ->
                table.row(
                    PartitionName.print(partition),
                    listed.offset(),
                    timestamp == null ? "-" : Times.printTimestamp(timestamp));
          }
        });
    if (format.value() == OutputFormat.TABLE) {
      table.print(out);
    }
  }
}
