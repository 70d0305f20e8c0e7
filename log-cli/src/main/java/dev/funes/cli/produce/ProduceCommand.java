package dev.funes.cli.produce;

import dev.funes.cli.console.CommandFailure;
import dev.funes.cli.console.Connection;
import dev.funes.cli.console.ExitCode;
import dev.funes.cli.console.HeaderOptions;
import dev.funes.cli.console.Interruption;
import dev.funes.cli.console.StandardStreams;
import dev.funes.cli.console.Terminal;
import dev.funes.cli.console.Topics;
import dev.funes.cli.format.Escapes;
import dev.funes.cli.format.JsonSource;
import dev.funes.cli.format.LineSource;
import dev.funes.cli.format.RecordSource;
import dev.funes.client.Admin;
import dev.funes.client.Producer;
import dev.funes.client.TopicInfo;
import dev.funes.record.Compression;
import dev.funes.record.Header;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code funes produce}. */
@Command(
    name = "produce",
    description = {
      "Write records: the values given, or else one record a line from standard input or a file.",
      "Ends when every record is on the disks of a majority of its replicas, or with the line that"
          + " was not written. Ctrl-C writes what was read so far and says how to go on."
    },
    footer = {
      "%nExamples:",
      "  funes produce greetings hello 'hello again'",
      "  printf 'anna:1\\nbert:2\\n' | funes produce visits -K :",
      "  funes produce events --file events.tsv -K '\\t' --compression zstd",
      "  funes produce orders -H source=shop -H version=2 '{\"total\": 12}'",
      "  funes consume orders -e -f json | funes produce copy -f json",
      "  funes produce orders --report json < orders.txt        # where each line came to lie",
      "  funes produce ledger -p 0 --expect-offset 17 'a=1'     # only if nobody was quicker",
      "  funes produce ledger --atomic -K : < transfer.txt      # all lines or none"
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields before call()
public final class ProduceCommand implements Callable<Integer> {

  /** How the input is to be read. */
  enum InputFormat {
    LINES,
    JSON;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** In which form to tell where the records have come to lie. */
  enum ReportFormat {
    JSON;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final StandardStreams streams;

  @Spec private CommandSpec spec;
  @Mixin private Connection connection;
  @Mixin private HeaderOptions headers;

  @Parameters(index = "0", paramLabel = "TOPIC", description = "The topic.")
  private String topic;

  @Parameters(
      index = "1..*",
      arity = "0..*",
      paramLabel = "VALUE",
      description = "Values to write. Without any, records are read.")
  private List<String> values = new ArrayList<>();

  @Option(
      names = "--file",
      paramLabel = "FILE",
      description = "Read records from this file, or - for standard input.")
  private @Nullable String file;

  @Option(
      names = {"-K", "--key-separator"},
      paramLabel = "SEP",
      description =
          "What stands before the first SEP is the key; \\t is a tab. A line without SEP has no"
              + " key.")
  private @Nullable String keySeparator;

  @Option(
      names = {"-p", "--partition"},
      paramLabel = "P",
      description = "Write to this partition, whatever the key.")
  private @Nullable Integer partition;

  @Option(
      names = "--compression",
      paramLabel = "CODEC",
      defaultValue = "lz4",
      description = "none, gzip, snappy, lz4 or zstd. Default: ${DEFAULT-VALUE}.")
  private String compression;

  @Option(
      names = {"-f", "--format"},
      paramLabel = "FORMAT",
      defaultValue = "lines",
      description =
          "How the input is read: lines, or json, which takes what consume -f json prints, with"
              + " partitions and timestamps. Default: ${DEFAULT-VALUE}.")
  private InputFormat format;

  @Option(
      names = "--atomic",
      description =
          "Write the whole input as one batch: all of it or nothing. It goes to one partition: -p,"
              + " or the one of the key, which must be the same everywhere.")
  private boolean atomic;

  @Option(
      names = "--expect-offset",
      paramLabel = "N",
      description =
          "Write only if partition -p ends at offset N, else end with exit code 4. The whole input"
              + " is one batch, as with --atomic.")
  private @Nullable Long expectedOffset;

  @Option(
      names = "--report",
      paramLabel = "FORMAT",
      description =
          "json: print a line for each record, in the order of the input, with its line, topic,"
              + " partition and offset.")
  private @Nullable ReportFormat reportFormat;

  /** A command that reads from these streams unless it is told otherwise. */
  public ProduceCommand(StandardStreams streams) {
    this.streams = streams;
  }

  @Override
  public Integer call() throws IOException {
    requireSense();
    List<Header> recordHeaders = headers.parse(spec.commandLine());
    Compression codec = Compression.ofName(compression);
    try (RecordSource source = source()) {
      TopicInfo info;
      try (Admin admin = connection.admin()) {
        info = Topics.describe(admin, topic).topic();
      }
      if (partition != null) {
        Topics.requirePartition(topic, info.partitionCount(), partition);
      }
      if (readsTerminal()) {
        say("type records, one a line; Ctrl-D ends");
      }
      Outgoing outgoing = new Outgoing(info, partition, recordHeaders);
      Producer producer = Producer.open(connection.config().compression(codec).build());
      OffsetReport offsets =
          reportFormat == null ? OffsetReport.none() : OffsetReport.json(streams.out());
      return atomic || expectedOffset != null
          ? deliverWhole(producer, source, outgoing, offsets)
          : deliver(producer, source, outgoing, offsets);
    }
  }

  private void requireSense() {
    if (expectedOffset != null && partition == null) {
      throw new ParameterException(
          spec.commandLine(), "--expect-offset needs -p: each partition has offsets of its own");
    }
    if (expectedOffset != null && expectedOffset < 0) {
      throw new ParameterException(
          spec.commandLine(), "--expect-offset is below 0: " + expectedOffset);
    }
  }

  private int deliver(
      Producer producer, RecordSource source, Outgoing outgoing, OffsetReport offsets)
      throws IOException {
    Delivery delivery = new Delivery(producer, outgoing, report(), offsets);
    try (Interruption interruption = Interruption.listenUntil(delivery::interrupt)) {
      delivery.sendAll(source);
      delivery.finish();
      if (interruption.isRequested()) {
        return Interruption.EXIT_CODE;
      }
    }
    CommandFailure failure = delivery.failure(unit());
    if (failure != null) {
      throw failure;
    }
    return ExitCode.OK;
  }

  private int deliverWhole(
      Producer producer, RecordSource source, Outgoing outgoing, OffsetReport offsets)
      throws IOException {
    AtomicDelivery delivery =
        new AtomicDelivery(producer, outgoing, expectedOffset, unit(), offsets);
    try (producer;
        Interruption _ =
            Interruption.listenUntil(
                () -> {
                  boolean nothing = delivery.interrupt();
                  if (nothing) {
                    report().nothing();
                  }
                  return nothing;
                })) {
      Acknowledgements done = delivery.deliver(source);
      offsets.close();
      report().done(done, done.records());
    }
    return ExitCode.OK;
  }

  private Report report() {
    return new Report(topic, file, spec.commandLine().getErr());
  }

  private String unit() {
    return values.isEmpty() ? "line" : "value";
  }

  private RecordSource source() throws IOException {
    if (!values.isEmpty() && file != null) {
      throw new ParameterException(spec.commandLine(), "give values or --file, not both");
    }
    if (format == InputFormat.JSON && keySeparator != null) {
      throw new ParameterException(spec.commandLine(), "-K is for lines; JSON has its own key");
    }
    byte[] separator = keySeparator == null ? null : Escapes.parse(keySeparator);
    if (!values.isEmpty()) {
      if (format == InputFormat.JSON) {
        byte[] all = String.join("\n", values).getBytes(StandardCharsets.UTF_8);
        return new JsonSource(new ByteArrayInputStream(all));
      }
      return new ValueSource(values, separator);
    }
    InputStream in =
        file == null || file.equals("-") ? streams.in() : Files.newInputStream(Path.of(file));
    return switch (format) {
      case LINES -> new LineSource(in, separator);
      case JSON -> new JsonSource(in);
    };
  }

  private boolean readsTerminal() {
    return values.isEmpty() && file == null && Terminal.onStandardInput();
  }

  private void say(String words) {
    if (Terminal.onStandardError()) {
      spec.commandLine().getErr().println(words);
      spec.commandLine().getErr().flush();
    }
  }
}
