package dev.funes.client;

import java.time.Duration;

/**
 * How a consumer is a member of its consumer group. Every limit is checked here: a value out of its
 * range is an {@link IllegalArgumentException} that names it.
 *
 * @param instanceId a name that outlives the process, at most 249 characters: who joins with it
 *     takes over what the last one held, so that a restart moves nothing. Such a member does not
 *     leave when it is closed; its session runs out instead. Empty: none
 * @param clientId shown to people, at most 249 characters; the host and process, say
 * @param zone where it runs, for {@link Assignor#RACK}; at most 249 characters, empty: unknown
 * @param assignor how partitions are spread; BALANCED
 * @param sessionTimeout how long the cluster waits without hearing of the member before others get
 *     its partitions, 1 s to 30 min; 10 s
 * @param rebalanceTimeout how long the member may take to let go of a partition that was revoked
 *     before it is sent away, 1 s to 1 h; 60 s
 * @param pollIntervalMax how long the member may go without a poll before it is taken for stuck and
 *     its heartbeats stop, 1 s to 24 h; 5 min
 * @param delivery when it stores how far it has come; AT_LEAST_ONCE
 * @param commitInterval how often at most it does with AT_LEAST_ONCE, 0 to 1 h; 1 s, and 0 with
 *     every poll
 */
public record GroupOptions(
    String instanceId,
    String clientId,
    String zone,
    Assignor assignor,
    Duration sessionTimeout,
    Duration rebalanceTimeout,
    Duration pollIntervalMax,
    Delivery delivery,
    Duration commitInterval) {
  /** What is used when nothing else is said. */
  public static final GroupOptions DEFAULTS = builder().build();

  private static final int NAME_CHARACTERS_MAX = 249;

  public GroupOptions {
    name("instanceId", instanceId);
    name("clientId", clientId);
    name("zone", zone);
    within("sessionTimeout", sessionTimeout, Duration.ofSeconds(1), Duration.ofMinutes(30));
    within("rebalanceTimeout", rebalanceTimeout, Duration.ofSeconds(1), Duration.ofHours(1));
    within("pollIntervalMax", pollIntervalMax, Duration.ofSeconds(1), Duration.ofHours(24));
    within("commitInterval", commitInterval, Duration.ZERO, Duration.ofHours(1));
  }

  private static void name(String name, String value) {
    if (value.length() > NAME_CHARACTERS_MAX) {
      throw new IllegalArgumentException(
          "%s: %d characters are more than %d"
              .formatted(name, value.length(), NAME_CHARACTERS_MAX));
    }
  }

  private static void within(String name, Duration value, Duration min, Duration max) {
    if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
      throw new IllegalArgumentException(
          "%s: %d ms is not between %d and %d ms"
              .formatted(name, value.toMillis(), min.toMillis(), max.toMillis()));
    }
  }

  boolean isStatic() {
    return !instanceId.isEmpty();
  }

  /** The same with another delivery. */
  GroupOptions withDelivery(Delivery other) {
    return new GroupOptions(
        instanceId,
        clientId,
        zone,
        assignor,
        sessionTimeout,
        rebalanceTimeout,
        pollIntervalMax,
        other,
        commitInterval);
  }

  /** The defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** Collects settings; each has a default. Not thread-safe. */
  public static final class Builder {
    private String instanceId = "";
    private String clientId = "";
    private String zone = "";
    private Assignor assignor = Assignor.BALANCED;
    private Duration sessionTimeout = Duration.ofSeconds(10);
    private Duration rebalanceTimeout = Duration.ofSeconds(60);
    private Duration pollIntervalMax = Duration.ofMinutes(5);
    private Delivery delivery = Delivery.AT_LEAST_ONCE;
    private Duration commitInterval = Duration.ofSeconds(1);

    private Builder() {}

    public Builder instanceId(String id) {
      instanceId = id;
      return this;
    }

    public Builder clientId(String id) {
      clientId = id;
      return this;
    }

    public Builder zone(String name) {
      zone = name;
      return this;
    }

    public Builder assignor(Assignor choice) {
      assignor = choice;
      return this;
    }

    public Builder sessionTimeout(Duration timeout) {
      sessionTimeout = timeout;
      return this;
    }

    public Builder rebalanceTimeout(Duration timeout) {
      rebalanceTimeout = timeout;
      return this;
    }

    public Builder pollIntervalMax(Duration interval) {
      pollIntervalMax = interval;
      return this;
    }

    public Builder delivery(Delivery choice) {
      delivery = choice;
      return this;
    }

    public Builder commitInterval(Duration interval) {
      commitInterval = interval;
      return this;
    }

    public GroupOptions build() {
      return new GroupOptions(
          instanceId,
          clientId,
          zone,
          assignor,
          sessionTimeout,
          rebalanceTimeout,
          pollIntervalMax,
          delivery,
          commitInterval);
    }
  }
}
