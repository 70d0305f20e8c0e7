package dev.funes.chaos.scenario;

import dev.funes.chaos.fault.Fault;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;

/** {@code funes-chaos list}. */
@Command(
    name = "list",
    description = "Names the scenarios and their faults.",
    mixinStandardHelpOptions = true)
public final class ListCommand implements Callable<Integer> {
  @Override
  public Integer call() {
    for (Scenario scenario : Scenarios.all().values()) {
      System.out.printf("%-16s %s%n", scenario.name(), scenario.text());
      System.out.printf(
          "%-16s %d faults of: %s%n",
          "",
          scenario.faultCount(),
          scenario.faults().stream().map(Fault::name).distinct().collect(Collectors.joining(", ")));
    }
    return 0;
  }
}
