package dev.funes.cli.consume;

import dev.funes.client.Assignor;
import dev.funes.client.Delivery;
import dev.funes.client.GroupOptions;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How {@code consume -g} is a member of its consumer group. */
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class MemberOptions {
  @Option(
      names = "--instance-id",
      paramLabel = "ID",
      description =
          "With -g: a name that outlives the process, so that a restart moves no partitions.")
  private @Nullable String instanceId;

  @Option(
      names = "--zone",
      paramLabel = "ZONE",
      description = "With -g: where this runs, for --assignor rack.")
  private @Nullable String zone;

  @Option(
      names = "--assignor",
      paramLabel = "HOW",
      description =
          "With -g: how the group spreads partitions: ${COMPLETION-CANDIDATES}; the oldest member"
              + " decides. Default: BALANCED.")
  private @Nullable Assignor assignor;

  /** True when one of them was given. */
  boolean isGiven() {
    return instanceId != null || zone != null || assignor != null;
  }

  /** Offsets are stored when the command says so: after the records were written out. */
  GroupOptions options() {
    return GroupOptions.builder()
        .instanceId(instanceId == null ? "" : instanceId)
        .zone(zone == null ? "" : zone)
        .assignor(assignor == null ? Assignor.BALANCED : assignor)
        .clientId("funes consume, pid " + ProcessHandle.current().pid())
        .delivery(Delivery.MANUAL)
        .build();
  }
}
