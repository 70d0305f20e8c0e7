package dev.funes.chaos.scenario;

import dev.funes.chaos.check.Report;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code funes-chaos run}. */
@Command(
    name = "run",
    description = "Runs a scenario, and says of every check whether it held.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Examples:",
      "  funes-chaos run kill --seed 1 --faults 20",
      "  funes-chaos run mixed --duration 1h",
      "  funes-chaos run short --seed 1",
      "",
      "Exit code 0: every check is green; 1: one is red; 3: the run itself failed."
    })
public final class RunCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "SCENARIO", description = "One of those that `funes-chaos list` names.")
  private String scenario;

  @Option(names = "--seed", description = "Decides what is left to chance. Default: a fresh one.")
  private @Nullable Long seed;

  @Option(
      names = "--faults",
      description = "How many. Default: the scenario's, or as many as fit into --duration.")
  private @Nullable Integer faults;

  @Option(
      names = "--duration",
      paramLabel = "TIME",
      description =
          "How long faults are inflicted: 90s, 10m, 1h. Default: until there were enough.")
  private @Nullable String duration;

  @Option(names = "--rate", description = "Records a second. Default: the scenario's.")
  private @Nullable Integer rate;

  @Mixin private Places places;

  @SuppressWarnings("NullAway.Init") // picocli fills the fields.
  public RunCommand() {}

  @Override
  public Integer call() throws IOException {
    Scenario chosen = Scenarios.all().get(scenario);
    if (chosen == null) {
      throw new ParameterException(
          spec.commandLine(),
          "no scenario "
              + scenario
              + "; there are: "
              + String.join(", ", Scenarios.all().keySet()));
    }
    if (rate != null) {
      chosen = chosen.withLoad(chosen.load().withRecordsPerSecond(rate));
    }
    long usedSeed = seed == null ? Math.floorMod(System.nanoTime(), 1_000_000_000L) : seed;
    int count =
        faults != null ? faults : duration != null ? Integer.MAX_VALUE : chosen.faultCount();
    Duration time = duration == null ? Duration.ofDays(1) : time(duration);
    RunPlan plan =
        new RunPlan(
            chosen,
            usedSeed,
            count,
            time,
            places.directory(chosen.name(), usedSeed),
            places.funes(),
            places.plain(),
            places.keepData(),
            List.<Path>of(),
            repeat(usedSeed));
    Report report = ScenarioRun.run(plan);
    return report.isGreen() ? 0 : 1;
  }

  private String repeat(long usedSeed) {
    StringBuilder command =
        new StringBuilder("funes-chaos run " + scenario + " --seed " + usedSeed);
    if (faults != null) {
      command.append(" --faults ").append(faults);
    }
    if (duration != null) {
      command.append(" --duration ").append(duration);
    }
    if (rate != null) {
      command.append(" --rate ").append(rate);
    }
    return command + (places.plain() ? " --plain" : "");
  }

  private Duration time(String text) {
    if (!text.matches("\\d+[smh]")) {
      throw new ParameterException(
          spec.commandLine(), "--duration: '" + text + "' is not a time such as 90s, 10m or 1h");
    }
    return Duration.parse("PT" + text);
  }
}
