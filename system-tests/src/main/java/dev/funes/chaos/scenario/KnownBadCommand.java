package dev.funes.chaos.scenario;

import dev.funes.chaos.check.Report;
import dev.funes.chaos.knownbad.KnownBad;
import dev.funes.chaos.knownbad.TermLoss;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code funes-chaos known-bad}. */
@Command(
    name = "known-bad",
    description = {
      "Shows that the prover can fail: makes builds that break a promise, and demands that they are caught.",
      "Names: unsafe-flush, no-deduplication, no-directory-force; none: all of them."
    },
    mixinStandardHelpOptions = true,
    footer = {"", "Exit code 0: each went red as it must; 1: one was not caught."})
public final class KnownBadCommand implements Callable<Integer> {
  private static final int TRIES_MAX = 3;

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "NAME", arity = "0..*")
  private List<String> names = new ArrayList<>();

  @Option(names = "--seed", description = "Default: 1.")
  private long seed = 1;

  @Mixin private Places places;

  @SuppressWarnings("NullAway.Init") // picocli fills the fields.
  public KnownBadCommand() {}

  @Override
  public Integer call() throws IOException {
    boolean allCaught = true;
    for (KnownBad bad : chosen()) {
      System.out.println("\n== " + bad.command() + ": " + bad.text());
      boolean caught = bad == KnownBad.NO_DIRECTORY_FORCE ? termLost(bad) : runGoesRed(bad);
      System.out.println(
          caught
              ? "caught: " + bad.command() + " turned " + bad.expectedRed() + " red"
              : "NOT CAUGHT: " + bad.command() + " left " + bad.expectedRed() + " green");
      allCaught &= caught;
    }
    return allCaught ? 0 : 1;
  }

  private List<KnownBad> chosen() {
    if (names.isEmpty()) {
      return List.of(KnownBad.values());
    }
    return names.stream()
        .map(
            name ->
                Arrays.stream(KnownBad.values())
                    .filter(bad -> bad.command().equals(name))
                    .findFirst()
                    .orElseThrow(
                        () ->
                            new ParameterException(
                                spec.commandLine(), "no known-bad build " + name)))
        .toList();
  }

  private boolean termLost(KnownBad bad) throws IOException {
    Path directory = places.directory(bad.command(), seed);
    TermLoss loss = TermLoss.compare(places.funes(), bad, directory);
    System.out.println(loss.text());
    return loss.caught();
  }

  /** A fault hits by chance, so it has a few tries. */
  private boolean runGoesRed(KnownBad bad) throws IOException {
    for (int i = 0; i < TRIES_MAX; i++) {
      Path directory = places.directory(bad.command(), seed).resolve("try-" + (i + 1));
      Scenario scenario = Scenarios.knownBad(bad);
      Path front = bad.write(places.funes(), directory.resolve("front"));
      Report report =
          ScenarioRun.run(
              new RunPlan(
                  scenario,
                  seed + i,
                  scenario.faultCount(),
                  Duration.ofDays(1),
                  directory,
                  places.funes(),
                  places.plain(),
                  places.keepData(),
                  List.of(front),
                  "funes-chaos known-bad " + bad.command() + " --seed " + (seed + i)));
      if (report.red().contains(bad.expectedRed())) {
        return true;
      }
    }
    return false;
  }
}
