package dev.funes.cli.perf;

import dev.funes.cli.console.Connection;
import dev.funes.client.ClientConfig;
import dev.funes.client.Producer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "produce",
    description = {
      "Write records, as fast as it goes or at a rate, and measure until each is acknowledged.",
      "At a rate, latency counts from the time a record was due, however late it could be sent; as"
          + " fast as it goes, from the call of send."
    },
    footer = {
      "%nExamples:",
      "  funes perf produce",
      "  funes perf produce --rate 10000 --pid $(pgrep -d, -f 'Funes server')",
      "  funes perf produce --payload-file events.tsv --compression zstd",
      "  funes perf produce orders --records 1000000 --record-size 100 --clients 4 -f json"
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields before call()
final class ProduceCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private Connection connection;
  @Mixin private LoadOptions load;
  @Mixin private RecordOptions record;
  @Mixin private OutputOptions output;

  @Option(
      names = "--rate",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "Records a second, of all clients together; 0: as fast as possible. Default:"
              + " ${DEFAULT-VALUE}.")
  private long rate;

  @Override
  public Integer call() throws IOException, InterruptedException {
    load.check();
    record.check();
    load.require(rate >= 0, "--rate: " + rate + " is less than 0");
    ClientConfig config = record.configure(connection.config());
    Payload.Source payload = record.payload();
    return new Experiment(spec, connection, load, output).run(new Writing(config, payload));
  }

  private final class Writing implements Scenario {
    private final ClientConfig config;
    private final Payload.Source payload;

    Writing(ClientConfig config, Payload.Source payload) {
      this.config = config;
      this.payload = payload;
    }

    @Override
    public String name() {
      return "produce";
    }

    @Override
    public List<Worker> open(LoadTopic topic) {
      byte[][] keys = record.keys();
      int clients = load.clients();
      Pacing pacing = new Pacing(rate, clients);
      List<Worker> workers = new ArrayList<>();
      for (int i = 0; i < clients; i++) {
        workers.add(
            new ProduceWorker(
                Producer.open(config),
                topic.name(),
                payload.of(i, clients),
                Keys.of(keys, record.seed(), i),
                pacing.ofClient(i)));
      }
      return workers;
    }

    @Override
    public void describe(Map<String, Object> settings) {
      settings.put("rate", rate);
      record.describe(config, settings);
    }
  }
}
