package dev.funes.cli.offsets;

import dev.funes.cli.console.CommandFailure;
import dev.funes.cli.console.Connection;
import dev.funes.cli.console.DurationConverter;
import dev.funes.cli.console.ExitCode;
import dev.funes.cli.console.FormatOption;
import dev.funes.cli.format.Place;
import dev.funes.cli.format.Times;
import dev.funes.client.Admin;
import dev.funes.client.ResetResult;
import dev.funes.client.ResetTo;
import dev.funes.client.ResetTopic;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
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
      "Move the stored offsets of a consumer group, also while it runs: its members let go, and"
          + " begin again at the new offsets.",
      "An offset beyond the log is moved to its start or end. 'funes offsets undo' takes it back.",
      "On a terminal it only shows what it would do, until --yes."
    },
    footer = {
      "%nExamples:",
      "  funes offsets reset shipping --to @-1h --dry-run",
      "  funes offsets reset shipping --to @2026-01-31T12:00:00Z --yes",
      "  funes offsets reset shipping --to bookmark:before-deploy --yes",
      "  funes offsets reset shipping --to start --topic orders:0,1 --topic parcels",
      "  funes offsets reset shipping --shift-by -100",
      "  funes offsets reset shipping --by-duration 1h30m"
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
          "Only this topic, or only these partitions of it; may be repeated. Default: every"
              + " partition that the group has a stored offset for.")
  private List<String> topics = new ArrayList<>();

  @Mixin private ApplyOptions apply;
  @Mixin private FormatOption format;

  @SuppressWarnings("UnusedVariable") // picocli writes what is read here
  private static final class Target {
    @Option(
        names = "--to",
        paramLabel = "WHERE",
        description =
            "start, end, an offset, @timestamp, @-1h for an hour ago, or bookmark:NAME. A time is"
                + " the same instant in every partition.")
    private @Nullable String to;

    @Option(
        names = "--shift-by",
        paramLabel = "N",
        description = "So many records on, or back when it is negative.")
    private @Nullable Long shiftBy;

    @Option(
        names = "--by-duration",
        paramLabel = "DURATION",
        converter = DurationConverter.class,
        description = "To what was written so long before now: 1h is --to @-1h.")
    private @Nullable Duration byDuration;
  }

  @Override
  public Integer call() {
    List<ResetTopic> parts = topics.stream().map(PartitionName::parseTopic).toList();
    ResetTo to = to();
    boolean dryRun = apply.isDryRun();
    ResetResult result;
    try (Admin admin = connection.admin()) {
      String topic = parts.isEmpty() ? null : parts.getFirst().topic();
      String bookmark = to instanceof ResetTo.Bookmark(String name) ? name : null;
      result =
          new GroupCalls(admin, group)
              .ask(topic, bookmark, () -> admin.resetOffsets(group, parts, to, dryRun));
    }
    new Moves(spec, group, result, dryRun).print(format.value(), fixed(to));
    return ExitCode.OK;
  }

  private ResetTo to() {
    if (target.shiftBy != null) {
      return new ResetTo.ShiftBy(target.shiftBy);
    }
    if (target.byDuration != null) {
      return new ResetTo.Timestamp(
          Math.max(0, Clock.systemUTC().millis() - target.byDuration.toMillis()));
    }
    String to = String.valueOf(target.to);
    if (to.startsWith(Moment.BOOKMARK)) {
      return new ResetTo.Bookmark(to.substring(Moment.BOOKMARK.length()));
    }
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

  /** What was shown is what the next command has to do, also when it is typed a minute later. */
  private Map<String, String> fixed(ResetTo to) {
    if (!(to instanceof ResetTo.Timestamp(long millis))) {
      return Map.of();
    }
    String instant = "@" + Times.printTimestamp(millis);
    Map<String, String> fixed = new HashMap<>();
    if (target.to != null) {
      fixed.put(target.to, instant);
    } else {
      fixed.put("--by-duration", "--to");
      typedDuration().ifPresent(typed -> fixed.put(typed, instant));
    }
    return fixed;
  }

  private Optional<String> typedDuration() {
    return spec
        .commandLine()
        .getParseResult()
        .matchedOption("--by-duration")
        .originalStringValues()
        .stream()
        .findFirst();
  }
}
