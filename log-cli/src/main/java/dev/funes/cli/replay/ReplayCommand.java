package dev.funes.cli.replay;

import dev.funes.cli.console.CommandFailure;
import dev.funes.cli.console.Connection;
import dev.funes.cli.console.ExitCode;
import dev.funes.cli.console.FilterOptions;
import dev.funes.cli.console.Interruption;
import dev.funes.cli.console.StandardStreams;
import dev.funes.cli.console.Topics;
import dev.funes.cli.format.ByteSink;
import dev.funes.cli.format.Place;
import dev.funes.cli.format.RecordFormat;
import dev.funes.cli.format.Times;
import dev.funes.cli.offsets.ApplyOptions;
import dev.funes.client.Admin;
import dev.funes.client.ClientConfig;
import dev.funes.client.Cut;
import dev.funes.client.Replay;
import dev.funes.client.ReplayCopy;
import dev.funes.client.ReplayRange;
import dev.funes.filter.Filter;
import dev.funes.filter.InvalidFilterException;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code funes replay}. */
@Command(
    name = "replay",
    description = {
      "Read a range of topics once more: all partitions merged by time, in the same order every"
          + " time, and print it, copy it, hand it to a command or to a consumer group.",
      "What lies between the same cuts is the same bytes, whenever it is replayed."
    },
    footer = {
      "%nFormats are those of 'funes consume'. Expressions: docs/replay.md.",
      "%nExamples:",
      "  funes replay orders payments --from @2026-11-01 --to @2026-11-02 -f json",
      "  funes replay orders --from @-1h --speed 10x",
      "  funes replay orders --filter 'json.total > 100' --until 'json.id == 4711'",
      "  funes replay orders --key alice --step",
      "  funes replay orders --from @2026-11-01 --into orders-again",
      "  funes replay orders --from @-1d --exec 'curl -sf -d @- localhost:8080/orders'",
      "  funes replay orders --from @-1h --group shipping --yes"
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields before call()
public final class ReplayCommand implements Callable<Integer> {
  private final StandardStreams streams;

  @Spec private CommandSpec spec;
  @Mixin private Connection connection;

  @Parameters(paramLabel = "TOPIC", arity = "1..*", description = "The topics.")
  private List<String> topics;

  @Option(
      names = "--from",
      paramLabel = "WHERE",
      defaultValue = "start",
      showDefaultValue = Visibility.NEVER,
      description =
          "Where to begin: start, end, an offset, -N for N before the end, @timestamp, @-1h for an"
              + " hour ago, or TOPIC/PARTITION=OFFSET,... Default: start.")
  private String from;

  @Option(
      names = "--to",
      paramLabel = "WHERE",
      defaultValue = "end",
      showDefaultValue = Visibility.NEVER,
      description =
          "Where to stop, exclusive; as for --from. Default: what is the end when the command"
              + " begins.")
  private String to;

  @Option(
      names = "--speed",
      paramLabel = "SPEED",
      defaultValue = "max",
      showDefaultValue = Visibility.NEVER,
      description =
          "max, or a multiple of the pace at which the records were written: 1x, 10x, 0.5x."
              + " Default: max.")
  private String speed;

  @Option(
      names = "--step",
      description = "Wait for Enter on standard input before each record; q ends.")
  private boolean step;

  @Option(
      names = "--until",
      paramLabel = "EXPR",
      description = "Stop after the first record for which this expression is true.")
  private @Nullable String until;

  @Mixin private FilterOptions filter;

  @ArgGroup(multiplicity = "0..1")
  private @Nullable Target target;

  @Option(
      names = "--id",
      paramLabel = "ID",
      description =
          "With --into: the name of the copy, by which a second call goes on with it. Default: made"
              + " of topics, range and filter.")
  private @Nullable String id;

  @Option(
      names = {"-f", "--format"},
      paramLabel = "FORMAT",
      defaultValue = RecordFormat.DEFAULT,
      showDefaultValue = Visibility.NEVER,
      description = "json, raw for the values alone, or a format string, as for consume.")
  private String format;

  @Mixin private ApplyOptions apply;

  /** A command that prints to these streams. */
  public ReplayCommand(StandardStreams streams) {
    this.streams = streams;
  }

  @SuppressWarnings("UnusedVariable") // picocli writes what is read here
  private static final class Target {
    @Option(
        names = "--into",
        paramLabel = "TOPIC",
        description =
            "Copy the records into this topic, with headers that say where they come from. The same"
                + " command again completes a copy that was broken off: no gap, no double.")
    private @Nullable String into;

    @Option(
        names = "--group",
        paramLabel = "GROUP",
        description =
            "Make the members of this consumer group read the range again: its offsets are moved to"
                + " --from, and the command ends when they have passed --to.")
    private @Nullable String group;

    @Option(
        names = "--exec",
        paramLabel = "CMD",
        description =
            "Run this for each record, with the value on its standard input and FUNES_TOPIC,"
                + " FUNES_PARTITION, FUNES_OFFSET, FUNES_KEY and FUNES_TIMESTAMP set. When it"
                + " fails, the replay ends.")
    private @Nullable String exec;
  }

  @Override
  public Integer call() throws IOException {
    Target where = target == null ? new Target() : target;
    Clock clock = Clock.systemUTC();
    CutText begin = new CutText("--from", from, clock);
    CutText end = new CutText("--to", to, clock);
    begin.check();
    end.check();
    requireFit(where, begin, end);
    Speed pace = Speed.parse(speed);
    RecordFormat recordFormat = RecordFormat.parse(format);
    Filter stop = until();
    ClientConfig config = connection.config().build();
    try (Admin admin = Admin.open(config)) {
      ReplayRange range = range(admin, begin, end);
      if (where.group != null) {
        return new GroupReplay(spec, admin, where.group, range).run(apply.isDryRun())
            ? ExitCode.OK
            : Interruption.EXIT_CODE;
      }
      if (where.into != null) {
        return copy(config, admin, where.into, range, pace, stop);
      }
      RecordSink sink =
          where.exec == null
              ? new PrintSink(recordFormat, new ByteSink(streams.out()))
              : new ExecSink(where.exec, streams.out());
      return run(config, range, sink, pace, stop);
    }
  }

  private void requireFit(Target where, CutText begin, CutText end) {
    if (id != null && where.into == null) {
      throw new CommandFailure(ExitCode.USAGE, "--id is for --into");
    }
    if (where.into != null) {
      if (topics.contains(where.into)) {
        throw new CommandFailure(
            ExitCode.USAGE, "--into: '" + where.into + "' is one of the topics that are replayed");
      }
      requireFixed(begin);
      requireFixed(end);
    }
    if (where.group != null && (step || until != null || !filter.expression().isEmpty())) {
      throw new CommandFailure(
          ExitCode.USAGE,
          "--group: its members read all of the range; --step, --until, --filter and --key do not"
              + " fit");
    }
  }

  /** The same command a minute later has to mean the same records. */
  private static void requireFixed(CutText text) {
    if (text.isRelative()) {
      String fixed =
          text.place() instanceof Place.AtTime(long millis)
              ? ", such as " + text.option() + " @" + Times.printTimestamp(millis)
              : "";
      throw new CommandFailure(
          ExitCode.USAGE,
          "%s %s means something else a moment later: with --into give a fixed place%s"
              .formatted(text.option(), text.text(), fixed));
    }
  }

  private @Nullable Filter until() {
    try {
      return until == null ? null : Filter.compile(until);
    } catch (InvalidFilterException e) {
      throw new CommandFailure(ExitCode.USAGE, "--until " + e.getMessage(), null, e);
    }
  }

  private ReplayRange range(Admin admin, CutText begin, CutText end) {
    List<String> distinct = topics.stream().distinct().toList();
    Cut first = begin.resolve(admin, distinct);
    Map.Entry<Cut, Cut> cuts = CutText.common(first, end.resolve(admin, distinct));
    if (cuts.getKey().offsets().isEmpty()) {
      throw new CommandFailure(ExitCode.USAGE, "--from and --to have no partition in common");
    }
    return ReplayRange.between(cuts.getKey(), cuts.getValue()).withFilter(filter.expression());
  }

  private int run(
      ClientConfig config, ReplayRange range, RecordSink sink, Speed pace, @Nullable Filter stop)
      throws IOException {
    PrintWriter err = spec.commandLine().getErr();
    try (Replay replay = Replay.open(config, range);
        Interruption interruption = Interruption.listen(replay::stop)) {
      ReplayRun run = new ReplayRun(replay, sink, pace, stop, step ? streams.in() : null, err);
      try {
        run.run(interruption);
      } catch (CommandFailure e) {
        if (!interruption.isRequested()) { // Ctrl-C ends the command of --exec, too
          err.println("to go on: " + new Typed(spec).from(run.position()));
          throw e;
        }
      } catch (IOException e) {
        if (isBrokenPipe(e)) {
          return ExitCode.OK; // whoever read the output has enough
        }
        throw e;
      }
      if (interruption.isRequested()) {
        err.println("interrupted: " + run.summary() + " replayed");
        err.println("to go on: " + new Typed(spec).from(run.position()));
        err.flush();
        return Interruption.EXIT_CODE;
      }
    }
    return ExitCode.OK;
  }

  private int copy(
      ClientConfig config,
      Admin admin,
      String into,
      ReplayRange range,
      Speed pace,
      @Nullable Filter stop)
      throws IOException {
    var _ = Topics.describe(admin, into);
    String name = id == null ? CopyId.of(into, topics, from, to, range.filter(), until) : id;
    PrintWriter err = spec.commandLine().getErr();
    try (ReplayCopy copy = ReplayCopy.open(config, into, name)) {
      // Where to stop depends on all records from the first one on.
      ReplayRange rest = stop == null ? copy.remaining(range) : range;
      try (Replay replay = Replay.open(config, rest);
          Interruption interruption = Interruption.listen(replay::stop)) {
        new ReplayRun(replay, new CopySink(copy), pace, stop, step ? streams.in() : null, err)
            .run(interruption);
        err.println(
            "%s%d records copied into %s, %d were there; id %s"
                .formatted(
                    interruption.isRequested() ? "interrupted: " : "",
                    copy.copied(),
                    into,
                    copy.skipped() + passedOver(range, rest),
                    name));
        if (interruption.isRequested()) {
          err.println("to go on: the same command again");
          return Interruption.EXIT_CODE;
        }
      } finally {
        err.flush();
      }
    }
    return ExitCode.OK;
  }

  /** What was known to be there before it was read. */
  private static long passedOver(ReplayRange range, ReplayRange rest) {
    return rest.from().offsets().entrySet().stream()
        .mapToLong(each -> each.getValue() - range.from().offset(each.getKey()))
        .sum();
  }

  private static boolean isBrokenPipe(IOException failure) {
    String message = failure.getMessage();
    return message != null && message.contains("Broken pipe");
  }
}
