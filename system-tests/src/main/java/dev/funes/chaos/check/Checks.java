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
    return new Checks(List.of());
  }

  /** Runs them one after the other. */
  public Report run(History history) {
    return new Report(checks.stream().map(check -> check.run(history)).toList());
  }
}
