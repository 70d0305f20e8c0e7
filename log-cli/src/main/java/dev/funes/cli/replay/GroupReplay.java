package dev.funes.cli.replay;

import dev.funes.cli.console.Interruption;
import dev.funes.cli.console.OutputFormat;
import dev.funes.cli.console.Terminal;
import dev.funes.cli.format.Sizes;
import dev.funes.cli.offsets.Moves;
import dev.funes.client.Admin;
import dev.funes.client.CommittedOffset;
import dev.funes.client.Cut;
import dev.funes.client.OffsetCause;
import dev.funes.client.OffsetTarget;
import dev.funes.client.ReplayRange;
import dev.funes.client.ResetResult;
import dev.funes.client.ResetTo;
import dev.funes.client.TopicPartition;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Model.CommandSpec;

/**
 * Makes the members of a consumer group read a range once more: moves its offsets to where the
 * range begins, and waits until they have passed where it ends.
 */
record GroupReplay(CommandSpec spec, Admin admin, String group, ReplayRange range) {
  private static final long POLL_NANOS = Duration.ofMillis(300).toNanos();
  private static final String ERASE_LINE = "\r\u001b[K";

  /** True when the range was read again, or nobody is there to read it. */
  boolean run(boolean dryRun) {
    // Also finds out whether there is such a group: a reset would make one.
    boolean hasMembers = !admin.describeGroup(group).members().isEmpty();
    List<OffsetTarget> targets =
        range.from().offsets().entrySet().stream()
            .map(each -> new OffsetTarget(each.getKey(), each.getValue()))
            .toList();
    ResetResult result =
        admin.resetOffsets(
            group, List.of(), new ResetTo.Targets(targets, OffsetCause.RESET), dryRun);
    new Moves(spec, group, result, dryRun).print(OutputFormat.TABLE, Map.of());
    if (dryRun) {
      return true;
    }
    PrintWriter err = spec.commandLine().getErr();
    if (!hasMembers) {
      err.println(
          "'%s' has no members: whoever joins begins there, and reads on past the range"
              .formatted(group));
      return true;
    }
    return awaitTheEnd(err);
  }

  private boolean awaitTheEnd(PrintWriter err) {
    try (Interruption interruption = Interruption.listen(() -> {})) {
      long all = distance(range.from());
      long left = distance(position());
      while (left > 0 && !interruption.isRequested()) {
        if (Terminal.onStandardError()) {
          err.print(
              ERASE_LINE
                  + "%s of %s records read again by %s"
                      .formatted(Sizes.count(all - left), Sizes.count(all), group));
          err.flush();
        }
        LockSupport.parkNanos(POLL_NANOS);
        left = distance(position());
      }
      if (Terminal.onStandardError()) {
        err.print(ERASE_LINE);
      }
      err.println(
          interruption.isRequested()
              ? "interrupted: '%s' goes on by itself; %s records of the range are left"
                  .formatted(group, Sizes.count(left))
              : "'%s' has read %s records again".formatted(group, Sizes.count(all)));
      err.flush();
      return left == 0;
    }
  }

  private Map<TopicPartition, Long> stored() {
    TreeSet<String> topics = new TreeSet<>();
    range.from().offsets().keySet().forEach(partition -> topics.add(partition.topic()));
    Map<TopicPartition, Long> stored = new TreeMap<>();
    for (CommittedOffset offset : admin.committedOffsets(group, topics)) {
      stored.put(offset.partition(), offset.offset());
    }
    return stored;
  }

  private Cut position() {
    Map<TopicPartition, Long> stored = stored();
    TreeMap<TopicPartition, Long> position = new TreeMap<>(range.from().offsets());
    position.replaceAll((partition, from) -> stored.getOrDefault(partition, from));
    return new Cut(position);
  }

  /** Records of the range after a cut. */
  private long distance(Cut cut) {
    return range.to().offsets().entrySet().stream()
        .mapToLong(to -> Math.max(0, to.getValue() - cut.offset(to.getKey())))
        .sum();
  }
}
