package dev.funes.cli.perf;

import dev.funes.cli.console.DurationConverter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The options of every load: how much, for how long, over what. */
@SuppressWarnings("NullAway.Init") // picocli sets the fields before the command is called
final class LoadOptions {
  private static final Duration INTERVAL_MIN = Duration.ofMillis(100);
  private static final int CLIENTS_MAX = 1_000;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Parameters(
      arity = "0..1",
      paramLabel = "TOPIC",
      description =
          "An existing topic is used as it is; one that does not exist is created and left."
              + " Default: a new one, deleted at the end.")
  private @Nullable String topic;

  @Option(
      names = "--records",
      paramLabel = "N",
      description = "End after N records, of all clients together.")
  private @Nullable Long records;

  @Option(
      names = "--duration",
      paramLabel = "DURATION",
      converter = DurationConverter.class,
      description = "End after this time.")
  private @Nullable Duration duration;

  @Option(
      names = "--warm-up",
      paramLabel = "DURATION",
      defaultValue = "10s",
      converter = DurationConverter.class,
      description =
          "Do the same for so long before, without counting any of it. Default: ${DEFAULT-VALUE}.")
  private Duration warmUp;

  @Option(
      names = "--clients",
      paramLabel = "N",
      defaultValue = "1",
      description = "How many clients, each with its own connections. Default: ${DEFAULT-VALUE}.")
  private int clients;

  @Option(
      names = "--partitions",
      paramLabel = "N",
      defaultValue = "6",
      description = "Partitions of a topic that is created. Default: ${DEFAULT-VALUE}.")
  private int partitions;

  @Option(
      names = "--replication-factor",
      paramLabel = "N",
      description =
          "Refuse to measure unless the topic has so many replicas; the configuration of the"
              + " cluster decides it. Default: any.")
  private @Nullable Integer replicationFactor;

  @Option(
      names = "--interval",
      paramLabel = "DURATION",
      defaultValue = "1s",
      converter = DurationConverter.class,
      description =
          "How often a line is shown on a terminal, and how long the steps of --hist and --plot"
              + " are. Default: ${DEFAULT-VALUE}.")
  private Duration interval;

  @Option(
      names = "--pid",
      split = ",",
      paramLabel = "PID",
      description = "Measure the CPU and memory of these processes, nodes on this machine.")
  private List<Long> pids = new ArrayList<>();

  @Option(names = "--keep", description = "Do not delete the new topic at the end.")
  private boolean keep;

  /** Refuses what makes no sense before anything is asked of the cluster. */
  void check() {
    require(records == null || duration == null, "give --records or --duration, not both");
    require(records == null || records > 0, "--records: " + records + " is less than 1");
    require(duration == null || duration.isPositive(), "--duration: has to be more than 0");
    require(
        clients >= 1 && clients <= CLIENTS_MAX,
        "--clients: %d is not between 1 and %d".formatted(clients, CLIENTS_MAX));
    require(partitions >= 1, "--partitions: " + partitions + " is less than 1");
    require(
        interval.compareTo(INTERVAL_MIN) >= 0,
        "--interval: is less than " + INTERVAL_MIN.toMillis() + "ms");
  }

  /** One line for the user about an option, when the condition does not hold. */
  void require(boolean condition, String message) {
    if (!condition) {
      throw new ParameterException(spec.commandLine(), message);
    }
  }

  @Nullable String topic() {
    return topic;
  }

  @Nullable Long records() {
    return records;
  }

  @Nullable Duration duration() {
    return duration;
  }

  Duration warmUp() {
    return warmUp;
  }

  int clients() {
    return clients;
  }

  int partitions() {
    return partitions;
  }

  @Nullable Integer replicationFactor() {
    return replicationFactor;
  }

  Duration interval() {
    return interval;
  }

  List<Long> pids() {
    return pids;
  }

  boolean keep() {
    return keep;
  }
}
