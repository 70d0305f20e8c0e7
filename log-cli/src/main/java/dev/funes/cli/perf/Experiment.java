package dev.funes.cli.perf;

import dev.funes.cli.console.CommandFailure;
import dev.funes.cli.console.Connection;
import dev.funes.cli.console.ExitCode;
import dev.funes.cli.console.Failures;
import dev.funes.cli.console.Interruption;
import dev.funes.client.Admin;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/** One run of a scenario: topic, warm-up, measurement, report. One thread. */
final class Experiment {
  private final CommandSpec spec;
  private final Connection connection;
  private final LoadOptions options;
  private final OutputOptions output;
  private final LatencyOptions latency;
  private final CpuMeter cpu;
  private final Ticker ticker;
  private final Stop stop = new Stop();

  Experiment(
      CommandSpec spec,
      Connection connection,
      LoadOptions options,
      OutputOptions output,
      LatencyOptions latency) {
    this.spec = spec;
    this.connection = connection;
    this.options = options;
    this.output = output;
    this.latency = latency;
    this.cpu = new CpuMeter(options.pids());
    this.ticker = new Ticker(spec.commandLine().getErr());
  }

  /** Runs it and prints the result; the exit code. */
  int run(Scenario scenario) throws IOException, InterruptedException {
    Report report = new Report(spec.commandLine().getOut(), output, scenario.name());
    // Around all the rest: the process stays until the topic is deleted.
    try (Interruption interruption = Interruption.listen(stop::request);
        Admin admin = PatientAdmin.open(connection);
        LoadTopic topic = LoadTopic.open(admin, options)) {
      fill(scenario, topic);
      Recording recording = stop.isRequested() ? null : measured(scenario, topic, report);
      if (recording == null) {
        say("interrupted before anything was measured");
        return Interruption.EXIT_CODE;
      }
      if (interruption.isRequested()) {
        return Interruption.EXIT_CODE;
      }
      failWhenIncomplete(recording);
      return ExitCode.OK;
    }
  }

  private void fill(Scenario scenario, LoadTopic topic) throws InterruptedException {
    if (!topic.isNew() || scenario.recordsToFill() == 0) {
      return;
    }
    List<Worker> workers = scenario.openToFill(topic);
    try {
      Phase phase = Phase.measured(Clock.system(), Phase.ENDLESS_NANOS, scenario.recordsToFill());
      prepare(new Crew(workers, options.interval(), stop), phase, "filling ");
    } finally {
      workers.forEach(Worker::close);
    }
  }

  /** What was measured and printed; null when somebody has stopped the run before. */
  private @Nullable Recording measured(Scenario scenario, LoadTopic topic, Report report)
      throws IOException, InterruptedException {
    List<Worker> workers = scenario.open(topic);
    try (HistogramLog log = latency.openLog()) {
      Crew crew = new Crew(workers, options.interval(), stop);
      if (options.warmUp().isPositive()) {
        crew.ready();
        prepare(crew, Phase.warmUp(Clock.system(), options.warmUp().toNanos()), "warm-up ");
      }
      if (stop.isRequested()) {
        return null;
      }
      crew.ready();
      Instant started = Instant.now();
      log.start(started);
      cpu.start();
      Phase phase = Phase.measured(Clock.system(), durationNanos(scenario), recordsMax());
      crew.run(phase, measuring(phase.recording(), log));
      Result result =
          Result.of(
              scenario.name(),
              topic.name(),
              phase.recording(),
              cpu.used(),
              settings(scenario, topic),
              started);
      if (stop.isRequested()) {
        say("interrupted: what was measured so far");
      }
      report.print(
          json -> ResultJson.write(result, json),
          () -> new Summary(spec.commandLine().getOut()).print(result));
      latency.write(result, spec.commandLine().getOut());
      return phase.recording();
    } finally {
      workers.forEach(Worker::close);
    }
  }

  private Consumer<Interval> measuring(Recording recording, HistogramLog log) {
    return interval -> {
      cpu.look();
      log.write(interval, recording.lastLatency());
      ticker.show("", interval);
    };
  }

  /** Runs a phase of which nothing is counted, and which has to succeed unless it is stopped. */
  private void prepare(Crew crew, Phase phase, String what) throws InterruptedException {
    crew.run(phase, interval -> ticker.show(what, interval));
    if (!stop.isRequested()) {
      failWhenIncomplete(phase.recording());
    }
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

  private void say(String words) {
    PrintWriter err = spec.commandLine().getErr();
    err.println(words);
    err.flush();
  }

  private long durationNanos(Scenario scenario) {
    Duration given = options.duration();
    if (given != null) {
      return given.toNanos();
    }
    return options.records() == null ? scenario.durationNanosDefault() : Phase.ENDLESS_NANOS;
  }

  private long recordsMax() {
    Long given = options.records();
    return given == null ? Long.MAX_VALUE : given;
  }

  private Map<String, Object> settings(Scenario scenario, LoadTopic topic) {
    Map<String, Object> settings = new LinkedHashMap<>();
    @Nullable Long records = options.records();
    long durationNanos = durationNanos(scenario);
    if (records != null) {
      settings.put("records", records);
    } else if (durationNanos != Phase.ENDLESS_NANOS) {
      settings.put("duration_ms", durationNanos / 1_000_000);
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
