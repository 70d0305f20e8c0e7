package dev.funes.cli.perf;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.funes.cli.console.Connection;
import dev.funes.cli.console.ExitCode;
import dev.funes.cli.console.Interruption;
import dev.funes.client.Admin;
import dev.funes.client.TopicSettings;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
    name = "topics",
    description = {
      "Create topics, describe them and delete them again, one after the other, and measure how"
          + " long each of the three takes for all of them.",
      "Ctrl-C deletes what was created."
    },
    footer = {
      "%nExamples:",
      "  funes perf topics",
      "  funes perf topics --partitions 10000 --pid $(pgrep -d, -f 'Funes server')",
      "  funes perf topics --topics 100 --partitions 10 -f json"
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields before call()
final class TopicsCommand implements Callable<Integer> {
  private static final String SCENARIO = "topics";

  @Spec private CommandSpec spec;
  @Mixin private Connection connection;
  @Mixin private OutputOptions output;

  @Option(
      names = "--topics",
      paramLabel = "N",
      defaultValue = "1",
      description = "How many topics. Default: ${DEFAULT-VALUE}.")
  private int topics;

  @Option(
      names = "--partitions",
      paramLabel = "N",
      defaultValue = "1000",
      description = "Partitions of each topic. Default: ${DEFAULT-VALUE}.")
  private int partitions;

  @Option(
      names = "--pid",
      split = ",",
      paramLabel = "PID",
      description = "Measure the CPU and memory of these processes, nodes on this machine.")
  private List<Long> pids = new ArrayList<>();

  private record Times(double createMillis, double describeMillis, double deleteMillis) {}

  @Override
  public Integer call() throws IOException {
    require(topics >= 1, "--topics: " + topics + " is less than 1");
    require(partitions >= 1, "--partitions: " + partitions + " is less than 1");
    CpuMeter cpu = new CpuMeter(pids);
    PrintWriter out = spec.commandLine().getOut();
    Report report = new Report(out, output, SCENARIO);
    try (Interruption interruption = Interruption.listen(() -> {});
        Admin admin = PatientAdmin.open(connection)) {
      Instant started = Instant.now().truncatedTo(ChronoUnit.MILLIS);
      cpu.start();
      Times times = run(admin, interruption);
      cpu.look();
      if (interruption.isRequested()) {
        spec.commandLine().getErr().println("interrupted: what was created is deleted");
        return Interruption.EXIT_CODE;
      }
      report.print(
          json -> write(times, cpu.used(), started, json), () -> print(times, cpu.used(), out));
    }
    return ExitCode.OK;
  }

  private void require(boolean condition, String message) {
    if (!condition) {
      throw new ParameterException(spec.commandLine(), message);
    }
  }

  private Times run(Admin admin, Interruption interruption) {
    String prefix = LoadTopic.newName();
    List<String> created = new ArrayList<>();
    double deleteMillis = 0;
    double createMillis;
    double describeMillis = 0;
    try {
      List<String> names = new ArrayList<>();
      for (int i = 0; i < topics; i++) {
        names.add(prefix + "-" + i);
      }
      createMillis =
          millisOf(
              names,
              interruption,
              name -> {
                admin.createTopic(name, partitions, TopicSettings.DEFAULTS);
                created.add(name);
              });
      describeMillis = millisOf(created, interruption, admin::describeTopic);
    } finally {
      long start = System.nanoTime();
      created.forEach(admin::deleteTopic);
      deleteMillis = (System.nanoTime() - start) / 1e6;
    }
    return new Times(createMillis, describeMillis, deleteMillis);
  }

  private static double millisOf(
      List<String> names, Interruption interruption, Consumer<String> action) {
    long start = System.nanoTime();
    for (String name : names) {
      if (!interruption.isRequested()) {
        action.accept(name);
      }
    }
    return (System.nanoTime() - start) / 1e6;
  }

  private void write(Times times, CpuMeter.Used cpu, Instant started, JsonGenerator json)
      throws IOException {
    json.writeStringField("scenario", SCENARIO);
    json.writeNumberField("topics", topics);
    json.writeNumberField("partitions", partitions);
    ResultJson.decimal("create_ms", times.createMillis(), json);
    ResultJson.decimal("describe_ms", times.describeMillis(), json);
    ResultJson.decimal("delete_ms", times.deleteMillis(), json);
    ResultJson.cpu(cpu, 0, json);
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("topics", topics);
    settings.put("partitions", partitions);
    ResultJson.environment(settings, started.toString(), json);
  }

  private void print(Times times, CpuMeter.Used cpu, PrintWriter out) {
    out.println("topics: %d with %d partitions each".formatted(topics, partitions));
    out.println(
        String.format(
            Locale.ROOT,
            "  created in %.1f ms, described in %.1f ms, deleted in %.1f ms",
            times.createMillis(),
            times.describeMillis(),
            times.deleteMillis()));
    new Summary(out).cpu(cpu, 0);
    out.flush();
  }
}
