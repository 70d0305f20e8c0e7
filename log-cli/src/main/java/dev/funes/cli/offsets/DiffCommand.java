package dev.funes.cli.offsets;

import dev.funes.cli.console.Connection;
import dev.funes.cli.console.ExitCode;
import dev.funes.cli.console.FormatOption;
import dev.funes.cli.console.JsonOut;
import dev.funes.cli.console.OutputFormat;
import dev.funes.cli.console.Table;
import dev.funes.client.Admin;
import dev.funes.client.CommittedOffset;
import dev.funes.client.TopicPartition;
import java.io.PrintWriter;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "diff",
    description = {
      "Compare the stored offsets of a consumer group at two moments: @timestamp, @-1h, the id of an"
          + " entry of the history, bookmark:NAME, or now.",
      "Prints only partitions whose offset differs."
    },
    footer = {
      "%nExamples:",
      "  funes offsets diff shipping @-1h",
      "  funes offsets diff shipping 17 18",
      "  funes offsets diff shipping bookmark:before-deploy now --all"
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields before call()
final class DiffCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private Connection connection;

  @Parameters(index = "0", paramLabel = "GROUP", description = "The consumer group.")
  private String group;

  @Parameters(index = "1", paramLabel = "A", description = "The first moment.")
  private String first;

  @Parameters(
      index = "2",
      arity = "0..1",
      paramLabel = "B",
      defaultValue = "now",
      description = "The second moment. Default: now.")
  private String second;

  @Option(names = "--all", description = "Print partitions whose offset is the same, too.")
  private boolean all;

  @Mixin private FormatOption format;

  @Override
  public Integer call() {
    Clock clock = Clock.systemUTC();
    Moment a = Moment.parse(first, clock);
    Moment b = Moment.parse(second, clock);
    try (Admin admin = connection.admin()) {
      SortedMap<TopicPartition, Long> then = byPartition(a.offsets(admin, group));
      SortedMap<TopicPartition, Long> later = byPartition(b.offsets(admin, group));
      print(then, later);
    }
    return ExitCode.OK;
  }

  private static SortedMap<TopicPartition, Long> byPartition(List<CommittedOffset> offsets) {
    SortedMap<TopicPartition, Long> byPartition = new TreeMap<>();
    offsets.forEach(offset -> byPartition.put(offset.partition(), offset.offset()));
    return byPartition;
  }

  private void print(SortedMap<TopicPartition, Long> then, SortedMap<TopicPartition, Long> later) {
    PrintWriter out = spec.commandLine().getOut();
    Table table = new Table("PARTITION", first, second, "DIFFERENCE");
    SortedSet<TopicPartition> partitions = new TreeSet<>(then.keySet());
    partitions.addAll(later.keySet());
    for (TopicPartition partition : partitions) {
      Long a = then.get(partition);
      Long b = later.get(partition);
      if (!all && Objects.equals(a, b)) {
        continue;
      }
      Long difference = a == null || b == null ? null : b - a;
      switch (format.value()) {
        case JSON ->
            JsonOut.print(
                out,
                json -> {
                  json.writeStringField("group", group);
                  json.writeStringField("topic", partition.topic());
                  json.writeNumberField("partition", partition.partition());
                  JsonOut.number("a", a, json);
                  JsonOut.number("b", b, json);
                  JsonOut.number("difference", difference, json);
                });
        case TABLE ->
            table.row(
                PartitionName.print(partition),
                Moves.orDash(a),
                Moves.orDash(b),
                difference == null ? "-" : difference > 0 ? "+" + difference : difference);
      }
    }
    if (format.value() == OutputFormat.TABLE) {
      table.print(out);
    }
  }
}
