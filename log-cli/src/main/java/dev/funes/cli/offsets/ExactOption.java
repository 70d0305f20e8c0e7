package dev.funes.cli.offsets;

import dev.funes.client.Admin;
import dev.funes.client.CommittedOffset;
import dev.funes.client.OffsetCause;
import dev.funes.client.OffsetTarget;
import dev.funes.client.ResetResult;
import dev.funes.client.ResetTo;
import dev.funes.client.TopicPartition;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Option;

/** What becomes of offsets that a group has and that are not among those it is given. */
final class ExactOption {
  @Option(
      names = "--exact",
      description = "Forget the offsets that are not among these. Default: they stay.")
  private boolean exact;

  /** Moves the stored offsets of a group to these, in one reset. */
  ResetResult move(
      Admin admin, String group, List<OffsetTarget> targets, OffsetCause cause, boolean dryRun) {
    List<OffsetTarget> all = new ArrayList<>(targets);
    if (exact) {
      Set<TopicPartition> named = new HashSet<>();
      targets.forEach(target -> named.add(target.partition()));
      for (CommittedOffset stored : admin.committedOffsets(group)) {
        if (!named.contains(stored.partition())) {
          all.add(new OffsetTarget(stored.partition(), null));
        }
      }
    }
    return new GroupCalls(admin, group)
        .ask(() -> admin.resetOffsets(group, List.of(), new ResetTo.Targets(all, cause), dryRun));
  }
}
