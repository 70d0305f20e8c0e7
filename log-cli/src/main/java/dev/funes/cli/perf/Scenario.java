package dev.funes.cli.perf;

import java.util.List;
import java.util.Map;

/** What a command measures. */
interface Scenario {
  /** Its name in the result. */
  String name();

  /** How long to measure when the user does not say, in nanoseconds. */
  default long durationNanosDefault() {
    return 30_000_000_000L;
  }

  /** How many records a new topic has to hold before anything else. */
  default long recordsToFill() {
    return 0;
  }

  /** Opens the clients that fill the topic. */
  default List<Worker> openToFill(LoadTopic topic) {
    return List.of();
  }

  /** Opens the clients that do the load. */
  List<Worker> open(LoadTopic topic);

  /** Adds the settings of this scenario, under the names that the result gives them. */
  void describe(Map<String, Object> settings);
}
