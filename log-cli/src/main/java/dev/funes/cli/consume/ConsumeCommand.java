package dev.funes.cli.consume;

import dev.funes.cli.console.Connection;
import dev.funes.cli.console.ExitCode;
import dev.funes.cli.console.FilterOptions;
import dev.funes.cli.console.Interruption;
import dev.funes.cli.console.Progress;
import dev.funes.cli.console.StandardStreams;
import dev.funes.cli.format.ByteSink;
import dev.funes.cli.format.Place;
import dev.funes.cli.format.RecordFormat;
import dev.funes.client.Admin;
import dev.funes.client.ClientConfig;
import dev.funes.client.Consumer;
import dev.funes.client.TopicPartition;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code funes consume}. */
@Command(
    name = "consume",
    description = {
      "Read records and print them, from the start unless told otherwise, and wait for more.",
      "With -g it joins the consumer group, which shares the partitions among its members. The"
          + " stored offsets of the group say where to begin, and are stored after the records"
          + " were written out: nothing is passed over, and after a crash a little may come again."
    },
    footer = {
      "%nPartitions are read side by side; the order is that of the log within each.",
      "With -g and -p it is no member: it reads that partition alone, which no member may hold.",
      "%nFields of a format:",
      "  %%t topic  %%p partition  %%o offset  %%k key  %%v value  %%T timestamp",
      "  %%h headers  %%%% a percent; escapes: \\n \\t \\r \\0 \\\\ \\xHH",
      "The default is '%%v\\n', on a terminal and in a pipe alike: the lines that produce",
      "read come out again as they were.",
      "%nExamples:",
      "  funes consume greetings -e",
      "  funes consume orders -o end -f '%%T %%p:%%o %%k %%v\\n'",
      "  funes consume orders -o @-1h -e -f json | jq .key",
      "  funes consume orders --tail 5",
      "  funes consume orders --filter 'json.total > 100 && headers.source == \"web\"'",
      "  funes consume orders -g shipping",
      "  funes consume orders returns -g shipping -f '%%t/%%p@%%o %%v\\n'",
      "  funes consume --pattern 'orders-.*' -g audit --instance-id audit-1",
      "  funes consume orders -p 0 -o 120 -n 1 -f raw > record.bin"
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields before call()
public final class ConsumeCommand implements Callable<Integer> {
  private final StandardStreams streams;

  @Spec private CommandSpec spec;
  @Mixin private Connection connection;
  @Mixin private FilterOptions filter;

  @Parameters(paramLabel = "TOPIC", arity = "0..*", description = "The topics.")
  private @Nullable List<String> topics;

  @Option(
      names = "--pattern",
      paramLabel = "RE",
      description =
          "And every topic whose whole name this regular expression matches (RE2); with -g also"
              + " those that are created later.")
  private @Nullable String pattern;

  @Option(
      names = {"-o", "--offset"},
      paramLabel = "WHERE",
      description =
          "Where to begin: start, end, an offset, -N for N before the end, @timestamp (milliseconds"
              + " or ISO-8601), @-1h for an hour ago. Default: start.")
  private @Nullable String offset;

  @Option(
      names = {"-e", "--exit-at-end"},
      description = "End at what was the end when the command began.")
  private boolean exitAtEnd;

  @Option(
      names = {"-n", "--count"},
      paramLabel = "N",
      description = "End after N records.")
  private @Nullable Long count;

  @Option(
      names = {"-p", "--partition"},
      paramLabel = "P",
      description = "Only this partition of each topic.")
  private @Nullable Integer partition;

  @Option(
      names = {"-g", "--group"},
      paramLabel = "GROUP",
      description =
          "Join this consumer group: read what it gives, on from its stored offsets or from -o"
              + " where there is none, and store how far it came.")
  private @Nullable String group;

  @Mixin private MemberOptions member;

  @Option(
      names = {"-f", "--format"},
      paramLabel = "FORMAT",
      defaultValue = RecordFormat.DEFAULT,
      showDefaultValue = Visibility.NEVER,
      description = "json, raw for the values alone, or a format string; see below.")
  private String format;

  @Option(
      names = "--tail",
      paramLabel = "N",
      description = "Begin N records before the end of each partition; the same as -o -N.")
  private @Nullable Long tail;

  /** A command that prints to these streams. */
  public ConsumeCommand(StandardStreams streams) {
    this.streams = streams;
  }

  @Override
  public Integer call() throws IOException {
    Place place = place();
    RecordFormat recordFormat = RecordFormat.parse(format);
    if (count != null && count < 0) {
      throw new ParameterException(spec.commandLine(), "-n is below 0: " + count);
    }
    if (member.isGiven() && !isMember()) {
      throw new ParameterException(
          spec.commandLine(), "--instance-id, --zone and --assignor need -g, and go without -p");
    }
    try (Admin admin = connection.admin()) {
      ChosenTopics chosen = ChosenTopics.of(admin, topics, pattern);
      if (!isMember()) {
        chosen.requireSome();
      }
      return read(chosen, place, recordFormat, admin);
    }
  }

  private int read(ChosenTopics chosen, Place place, RecordFormat recordFormat, Admin admin)
      throws IOException {
    List<TopicPartition> partitions = chosen.partitions(partition);
    try (Consumer consumer = open()) {
      Starting starting = new Starting(consumer, group != null, place);
      consumer.filter(filter.expression());
      Written written = new Written(consumer, group != null, starting);
      Until until = null;
      if (group != null && isMember()) {
        until = exitAtEnd ? new GroupEnd(consumer, admin, group, partitions) : null;
        consumer.subscribe(chosen.subscription(), written);
      } else {
        starting.assign(partitions);
        if (exitAtEnd) {
          consumer.stopAtEnd();
          until = consumer::atEnd;
        }
      }
      PrintWriter err = spec.commandLine().getErr();
      Reading reading =
          new Reading(
              consumer,
              written,
              until,
              !filter.expression().isEmpty(),
              count == null ? Long.MAX_VALUE : count,
              recordFormat,
              new ByteSink(streams.out()),
              new Progress(err));
      try (Interruption interruption = Interruption.listen(consumer::wakeup)) {
        reading.run(interruption);
        consumer.unsubscribe(); // Before the process may end: a member leaves.
        if (interruption.isRequested()) {
          reading.printSummary(chosen.command() + " -g " + group, group != null, err);
          return Interruption.EXIT_CODE;
        }
      }
    }
    return ExitCode.OK;
  }

  private boolean isMember() {
    return group != null && partition == null;
  }

  private Consumer open() {
    ClientConfig config = connection.config().build();
    return group != null && isMember()
        ? Consumer.open(config, group, member.options())
        : Consumer.open(config, group);
  }

  private Place place() {
    if (tail != null && offset != null) {
      throw new ParameterException(spec.commandLine(), "give -o or --tail, not both");
    }
    if (tail != null) {
      if (tail < 0) {
        throw new ParameterException(spec.commandLine(), "--tail is below 0: " + tail);
      }
      return new Place.BeforeEnd(tail);
    }
    return offset == null ? new Place.Start() : Place.parse(offset, Clock.systemUTC());
  }
}
