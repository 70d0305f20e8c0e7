package dev.funes.cli.perf;

import dev.funes.cli.console.Connection;
import dev.funes.client.ClientConfig;
import java.io.IOException;
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
  @Mixin private LatencyOptions latency;

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
    latency.check(output.format());
    load.require(rate >= 0, "--rate: " + rate + " is less than 0");
    ClientConfig config = record.configure(connection.config());
    Payload.Source payload = record.payload();
    return new Experiment(spec, connection, load, output, latency)
        .run(new Writing(config, payload));
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
      return record.producers(config, payload, topic, new Pacing(rate, load.clients()));
    }

    @Override
    public void describe(Map<String, Object> settings) {
      settings.put("rate", rate);
      record.describe(config, settings);
    }
  }
}
