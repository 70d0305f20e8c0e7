package dev.funes.cli.perf;

import dev.funes.cli.console.Connection;
import dev.funes.client.ClientConfig;
import dev.funes.client.Consumer;
import dev.funes.client.Producer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "e2e",
    description = {
      "Write records and read them at the same time, and measure how long each is on its way: from"
          + " the time it was due until a consumer has it.",
      "Producers and consumers are in this one process, so that one clock tells both times."
    },
    footer = {
      "%nExamples:",
      "  funes perf e2e",
      "  funes perf e2e --rate 10000 --duration 1m -f json",
      "  funes perf e2e --one-at-a-time --linger 0ms"
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields before call()
final class EndToEndCommand implements Callable<Integer> {
  private static final long RATE_DEFAULT = 1_000;

  @Spec private CommandSpec spec;
  @Mixin private Connection connection;
  @Mixin private LoadOptions load;
  @Mixin private RecordOptions record;
  @Mixin private OutputOptions output;
  @Mixin private LatencyOptions latency;

  @Option(
      names = "--rate",
      paramLabel = "N",
      description =
          "Records a second, of all clients together; 0: as fast as possible. Default: 1000.")
  private @Nullable Long rate;

  @Option(
      names = "--one-at-a-time",
      description = "Send a record when the one before it was received. One client, and no --rate.")
  private boolean oneAtATime;

  @Override
  public Integer call() throws IOException, InterruptedException {
    load.check();
    record.check();
    latency.check(output.format());
    load.require(rate == null || rate >= 0, "--rate: " + rate + " is less than 0");
    load.require(rate == null || !oneAtATime, "give --rate or --one-at-a-time, not both");
    load.require(load.clients() == 1 || !oneAtATime, "--one-at-a-time is for one client");
    ClientConfig config = record.configure(connection.config());
    Payload.Source payload = record.payload();
    return new Experiment(spec, connection, load, output, latency)
        .run(new Passing(config, payload));
  }

  private long ratePerSecond() {
    return oneAtATime ? 0 : rate == null ? RATE_DEFAULT : rate;
  }

  private final class Passing implements Scenario {
    private final ClientConfig config;
    private final Payload.Source payload;
    private final Map<Phase, Exchange> exchanges = new ConcurrentHashMap<>();

    Passing(ClientConfig config, Payload.Source payload) {
      this.config = config;
      this.payload = payload;
    }

    @Override
    public String name() {
      return "e2e";
    }

    @Override
    public List<Worker> open(LoadTopic topic) {
      int clients = load.clients();
      Function<Phase, Exchange> ofPhase =
          phase ->
              exchanges.computeIfAbsent(
                  phase, started -> new Exchange(clients, started.startNanos()));
      List<Worker> workers = new ArrayList<>(receivers(topic, ofPhase));
      byte[][] keys = record.keys();
      Pacing pacing = new Pacing(ratePerSecond(), clients);
      for (int i = 0; i < clients; i++) {
        workers.add(
            new SendWorker(
                Producer.open(config),
                topic.name(),
                payload.of(i, clients),
                Keys.of(keys, record.seed(), i),
                pacing.ofClient(i),
                ofPhase,
                oneAtATime));
      }
      return workers;
    }

    private List<Worker> receivers(LoadTopic topic, Function<Phase, Exchange> ofPhase) {
      int receivers = Math.min(load.clients(), topic.partitionCount());
      List<Worker> workers = new ArrayList<>();
      for (int i = 0; i < receivers; i++) {
        workers.add(
            new ReceiveWorker(
                Consumer.open(config, null),
                topic.partitionsOf(i, receivers),
                ofPhase,
                /* tellsMissing= */ i == 0));
      }
      return workers;
    }

    @Override
    public void describe(Map<String, Object> settings) {
      settings.put("rate", ratePerSecond());
      settings.put("one_at_a_time", oneAtATime);
      record.describe(config, settings);
    }
  }
}
