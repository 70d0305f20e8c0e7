package dev.funes.chaos.check;

import dev.funes.chaos.history.History;
import java.util.List;

/** Checks that are run together. */
public record Checks(List<Check> checks) {
  public Checks {
    checks = List.copyOf(checks);
  }

  /** All of them, in the order of their names. */
  public static Checks all() {
    return new Checks(
        List.of(
            new RunHealth(),
            new NothingLost(),
            new NoDuplicates(),
            new OneValue(),
            new ProducerOrder(),
            new Dense(),
            new NoDirtyRead(),
            new GroupDelivery(),
            new RealTimeOrder(),
            new Intact(),
            new ReplicasEqual(),
            new CommitsKept(),
            new Availability(),
            new Resources()));
  }

  /** Runs them one after the other. */
  public Report run(History history) {
    return new Report(checks.stream().map(check -> check.run(history)).toList());
  }
}
