package dev.funes.cli.perf;

import dev.funes.cli.console.CommandFailure;
import dev.funes.cli.console.Connection;
import dev.funes.cli.console.ExitCode;
import dev.funes.cli.console.Failures;
import dev.funes.cli.console.Interruption;
import dev.funes.client.Admin;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/** One run of a scenario: topic, warm-up, measurement, report. */
final class Experiment {
  private static final Duration DURATION_DEFAULT = Duration.ofSeconds(30);

  private final CommandSpec spec;
  private final Connection connection;
  private final LoadOptions options;
  private final OutputOptions output;
  private final CpuMeter cpu;
  private final Ticker ticker;

  Experiment(CommandSpec spec, Connection connection, LoadOptions options, OutputOptions output) {
    this.spec = spec;
    this.connection = connection;
    this.options = options;
    this.output = output;
    this.cpu = new CpuMeter(options.pids());
    this.ticker = new Ticker(spec.commandLine().getErr());
  }

  /** Runs it and prints the result; the exit code. */
  int run(Scenario scenario) throws IOException, InterruptedException {
    try (Admin admin = connection.admin();
        LoadTopic topic = LoadTopic.open(admin, options)) {
      List<? extends Worker> workers = scenario.open(topic);
      try {
        return run(scenario, topic, new Crew(workers, options.interval()));
      } finally {
        workers.forEach(Worker::close);
      }
    }
  }

  private int run(Scenario scenario, LoadTopic topic, Crew crew)
      throws IOException, InterruptedException {
    try (Interruption interruption = Interruption.listen(crew::stop)) {
      if (options.warmUp().isPositive()) {
        warmUp(crew);
      }
      if (crew.isStopped()) {
        throw new CommandFailure(
            Interruption.EXIT_CODE, "interrupted in the warm-up: nothing was measured");
      }
      Instant started = Instant.now();
      cpu.start();
      Phase phase = new Phase(Clock.system(), durationNanos(), recordsMax());
      crew.run(
          phase,
          interval -> {
            cpu.look();
            ticker.show("", interval);
          });
      Result result =
          Result.of(
              scenario.name(),
              topic.name(),
              phase.recording(),
              cpu.used(),
              settings(scenario, topic),
              started);
      new Report(spec.commandLine().getOut(), output).print(result);
      if (interruption.isRequested()) {
        return Interruption.EXIT_CODE;
      }
      failWhenIncomplete(phase.recording());
      return ExitCode.OK;
    }
  }

  private void warmUp(Crew crew) throws InterruptedException {
    Phase phase = new Phase(Clock.system(), options.warmUp().toNanos(), Long.MAX_VALUE);
    crew.run(phase, interval -> ticker.show("warm-up ", interval));
    failWhenIncomplete(phase.recording());
  }

  private static void failWhenIncomplete(Recording recording) {
    Throwable first = recording.firstFailure();
    if (first != null) {
      CommandFailure cause = Failures.explain(first);
      throw new CommandFailure(
          cause.exitCode(),
          "%d record%s failed, the first: %s"
              .formatted(
                  recording.failed(), recording.failed() == 1 ? "" : "s", cause.getMessage()),
          cause.hint(),
          first);
    }
  }

  private long durationNanos() {
    Duration given = options.duration();
    if (given != null) {
      return given.toNanos();
    }
    return options.records() == null ? DURATION_DEFAULT.toNanos() : Phase.ENDLESS_NANOS;
  }

  private long recordsMax() {
    Long given = options.records();
    return given == null ? Long.MAX_VALUE : given;
  }

  private Map<String, Object> settings(Scenario scenario, LoadTopic topic) {
    Map<String, Object> settings = new LinkedHashMap<>();
    @Nullable Long records = options.records();
    if (records != null) {
      settings.put("records", records);
    } else {
      settings.put("duration_ms", durationNanos() / 1_000_000);
    }
    settings.put("warm_up_ms", options.warmUp().toMillis());
    settings.put("clients", options.clients());
    settings.put("partitions", topic.partitionCount());
    settings.put("replication_factor", topic.replicationFactor());
    scenario.describe(settings);
    settings.put("interval_ms", options.interval().toMillis());
    return settings;
  }
}
