package dev.funes.cli.perf;

import java.util.List;
import java.util.Map;

/** What a command measures. */
interface Scenario {
  /** Its name in the result. */
  String name();

  /** Opens the clients that do the load. */
  List<? extends Worker> open(LoadTopic topic);

  /** Adds the settings of this scenario, under the names that the result gives them. */
  void describe(Map<String, Object> settings);
}
