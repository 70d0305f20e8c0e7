package dev.funes.cli.offsets;

import dev.funes.cli.console.CommandFailure;
import dev.funes.cli.console.Connection;
import dev.funes.cli.console.ExitCode;
import dev.funes.cli.console.FormatOption;
import dev.funes.cli.console.Hints;
import dev.funes.cli.console.JsonOut;
import dev.funes.cli.console.OutputFormat;
import dev.funes.cli.console.Table;
import dev.funes.cli.console.Topics;
import dev.funes.cli.format.Place;
import dev.funes.client.Admin;
import dev.funes.client.FunesException;
import dev.funes.client.ResetOffset;
import dev.funes.client.ResetTo;
import dev.funes.client.ResetTopic;
import java.io.PrintWriter;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "reset",
    description = {
      "Move the stored offsets of a consumer group, and print how they moved.",
      "An offset beyond the log is moved to its start or end."
    },
    footer = {
      "%nExamples:",
      "  funes offsets reset shipping --to @-1h --dry-run",
      "  funes offsets reset shipping --to @2026-01-31T12:00:00Z",
      "  funes offsets reset shipping --to start --topic orders:0,1",
      "  funes offsets reset shipping --shift-by -100"
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields before call()
final class ResetCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private Connection connection;

  @Parameters(paramLabel = "GROUP", description = "The consumer group.")
  private String group;

  @ArgGroup(multiplicity = "1")
  private Target target;

  @Option(
      names = "--topic",
      paramLabel = "TOPIC[:P,...]",
      description =
          "Only this topic, or only these partitions of it; may be repeated. Default: every topic"
              + " that the group has stored offsets for.")
  private List<String> topics = new ArrayList<>();

  @Option(names = "--dry-run", description = "Only print how the offsets would move.")
  private boolean dryRun;

  @Mixin private FormatOption format;

  @SuppressWarnings("UnusedVariable") // picocli writes what is read here
  private static final class Target {
    @Option(
        names = "--to",
        paramLabel = "WHERE",
        description = "start, end, an offset, @timestamp, or @-1h for an hour ago.")
    private @Nullable String to;

    @Option(
        names = "--shift-by",
        paramLabel = "N",
        description = "So many records on, or back when it is negative.")
    private @Nullable Long shiftBy;
  }

  @Override
  public Integer call() {
    List<ResetTopic> parts = topics.stream().map(PartitionName::parseTopic).toList();
    ResetTo to = to();
    List<ResetOffset> resets;
    try (Admin admin = connection.admin()) {
      resets = reset(admin, parts, to);
    }
    if (resets.isEmpty()) {
      throw new CommandFailure(
          ExitCode.NOT_FOUND,
          "group '" + group + "' has no stored offsets; name what it reads with --topic");
    }
    print(resets);
    return ExitCode.OK;
  }

  private List<ResetOffset> reset(Admin admin, List<ResetTopic> parts, ResetTo to) {
    try {
      return admin.resetOffsets(group, parts, to, dryRun);
    } catch (FunesException e) {
      throw parts.isEmpty() ? e : Topics.explain(admin, parts.getFirst().topic(), e);
    }
  }

  private ResetTo to() {
    Long shiftBy = target.shiftBy;
    if (shiftBy != null) {
      return new ResetTo.ShiftBy(shiftBy);
    }
    String to = String.valueOf(target.to);
    return switch (Place.parse(to, Clock.systemUTC())) {
      case Place.Start start -> new ResetTo.Start();
      case Place.End end -> new ResetTo.End();
      case Place.At(long offset) -> new ResetTo.Offset(offset);
      case Place.AtTime(long millis) -> new ResetTo.Timestamp(millis);
      case Place.BeforeEnd before ->
          throw new CommandFailure(
              ExitCode.USAGE, "--to " + to + ": to count back use --shift-by " + to);
    };
  }

  private void print(List<ResetOffset> resets) {
    PrintWriter out = spec.commandLine().getOut();
    Table table = new Table("PARTITION", "FROM", "TO", "DIFFERENCE");
    for (ResetOffset reset : resets) {
      Long from = reset.fromOffset();
      Long difference = from == null ? null : reset.toOffset() - from;
      switch (format.value()) {
        case JSON ->
            JsonOut.print(
                out,
                json -> {
                  json.writeStringField("group", group);
                  json.writeStringField("topic", reset.partition().topic());
                  json.writeNumberField("partition", reset.partition().partition());
                  JsonOut.number("from", from, json);
                  json.writeNumberField("to", reset.toOffset());
                  JsonOut.number("difference", difference, json);
                  json.writeBooleanField("dryRun", dryRun);
                });
        case TABLE ->
            table.row(
                PartitionName.print(reset.partition()),
                from == null ? "-" : from,
                reset.toOffset(),
                difference == null ? "-" : difference > 0 ? "+" + difference : difference);
      }
    }
    if (format.value() == OutputFormat.TABLE) {
      table.print(out);
    }
    if (dryRun) {
      Hints.say(spec, "the same without --dry-run; nothing was changed");
    } else {
      Hints.say(spec, "to go back: " + undo(resets));
    }
  }

  private String undo(List<ResetOffset> resets) {
    return resets.stream()
        .filter(reset -> reset.fromOffset() != null)
        .map(reset -> " " + PartitionName.print(reset.partition()) + "=" + reset.fromOffset())
        .collect(Collectors.joining("", "funes offsets commit " + group, ""));
  }
}
