package dev.funes.cli.perf;

import dev.funes.cli.console.Connection;
import dev.funes.cli.format.Place;
import dev.funes.client.ClientConfig;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "consume",
    description = {
      "Read a topic to its end, as fast as it goes. The clock runs from the first request for"
          + " records until the last record is there.",
      "A topic that does not exist is filled before with --records records, as perf produce does."
          + " With several clients, each reads a share of the partitions."
    },
    footer = {
      "%nExamples:",
      "  funes perf consume",
      "  funes perf consume orders --from @-1h --clients 2",
      "  funes perf consume --records 2000000 --partitions 1 -f json"
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields before call()
final class ConsumeCommand implements Callable<Integer> {
  private static final long RECORDS_TO_FILL_DEFAULT = 1_000_000;

  @Spec private CommandSpec spec;
  @Mixin private Connection connection;
  @Mixin private LoadOptions load;
  @Mixin private RecordOptions record;
  @Mixin private OutputOptions output;

  @Option(
      names = "--from",
      paramLabel = "WHERE",
      defaultValue = "start",
      description =
          "Where to begin, as consume -o takes it: start, an offset, -N, @timestamp, @-1h. Default:"
              + " ${DEFAULT-VALUE}.")
  private String from;

  @Override
  public Integer call() throws IOException, InterruptedException {
    load.check();
    record.check();
    Place place = Place.parse(from, Clock.systemUTC());
    ClientConfig config = record.configure(connection.config());
    Payload.Source payload = record.payload();
    return new Experiment(spec, connection, load, output, LatencyOptions.none())
        .run(new Reading(config, payload, place));
  }

  private final class Reading implements Scenario {
    private final ClientConfig config;
    private final Payload.Source payload;
    private final Place place;

    Reading(ClientConfig config, Payload.Source payload, Place place) {
      this.config = config;
      this.payload = payload;
      this.place = place;
    }

    @Override
    public String name() {
      return "consume";
    }

    @Override
    public long durationNanosDefault() {
      return Phase.ENDLESS_NANOS;
    }

    @Override
    public long recordsToFill() {
      Long given = load.records();
      return given == null ? RECORDS_TO_FILL_DEFAULT : given;
    }

    @Override
    public List<Worker> openToFill(LoadTopic topic) {
      return record.producers(config, payload, topic, new Pacing(0, 1));
    }

    @Override
    public List<Worker> open(LoadTopic topic) {
      int consumers = Math.min(load.clients(), topic.partitionCount());
      return IntStream.range(0, consumers)
          .<Worker>mapToObj(i -> new ConsumeWorker(config, topic.partitionsOf(i, consumers), place))
          .toList();
    }

    @Override
    public void describe(Map<String, Object> settings) {
      settings.put("from", from);
      record.describe(config, settings);
    }
  }
}
