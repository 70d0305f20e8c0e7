package dev.funes.cli.group;

import dev.funes.cli.console.Table;
import dev.funes.cli.format.Sizes;
import dev.funes.cli.format.Times;
import dev.funes.client.GroupDescription;
import dev.funes.client.GroupMember;
import dev.funes.client.GroupPartition;
import java.io.PrintWriter;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A consumer group as people read it. */
final class GroupTables {
  private static final long SECOND_MILLIS = 1_000;

  private GroupTables() {}

  static void print(GroupDescription group, PrintWriter out) {
    printSummary(group, out);
    if (!group.members().isEmpty()) {
      out.println();
      printMembers(group, out);
    }
    if (!group.partitions().isEmpty()) {
      out.println();
      printPartitions(group, out);
    }
    out.flush();
  }

  private static void printSummary(GroupDescription group, PrintWriter out) {
    out.println(
        "group %s: %s, %d member%s, generation %d, assignor %s, coordinator %s"
            .formatted(
                group.name(),
                GroupJson.state(group.state()),
                group.members().size(),
                group.members().size() == 1 ? "" : "s",
                group.generation(),
                group.assignor().name().toLowerCase(Locale.ROOT),
                group.coordinator() == null ? "unknown" : group.coordinator()));
    GroupLag lag = GroupLag.of(group.partitions());
    if (lag.records() != null) {
      out.println(
          "lag %s record%s, %s behind; %s records/s"
              .formatted(
                  Sizes.count(lag.records()),
                  lag.records() == 1 ? "" : "s",
                  duration(lag.millis()),
                  rate(lag.recordsPerSecond())));
    }
  }

  private static void printMembers(GroupDescription group, PrintWriter out) {
    Map<String, Integer> held = new HashMap<>();
    group.partitions().forEach(partition -> held.merge(partition.memberId(), 1, Integer::sum));
    Table table =
        new Table("MEMBER", "INSTANCE", "CLIENT", "HOST", "ZONE", "JOINED", "STREAM", "PARTITIONS");
    for (GroupMember member : group.members()) {
      table.row(
          member.id(),
          orDash(member.instanceId()),
          orDash(member.clientId()),
          orDash(member.host()),
          orDash(member.zone()),
          Times.printTimestamp(member.joinedMillis() / SECOND_MILLIS * SECOND_MILLIS),
          member.connected() ? "open" : "BROKEN",
          held.getOrDefault(member.id(), 0));
    }
    table.print(out);
  }

  private static void printPartitions(GroupDescription group, PrintWriter out) {
    Table table = new Table("PARTITION", "OFFSET", "END", "LAG", "BEHIND", "RATE", "MEMBER");
    for (GroupPartition each : group.partitions()) {
      table.row(
          each.partition().topic() + "/" + each.partition().partition(),
          each.storedOffset() == null ? "-" : each.storedOffset(),
          each.endOffset(),
          each.lagRecords() == null ? "-" : each.lagRecords(),
          duration(each.lagMillis()),
          rate(each.recordsPerSecond()),
          each.revoking() ? "(" + each.memberId() + ")" : orDash(each.memberId()));
    }
    table.print(out);
  }

  private static String orDash(String text) {
    return text.isEmpty() ? "-" : text;
  }

  /** Whole seconds from a second on: more would only flicker. */
  private static String duration(@Nullable Long millis) {
    if (millis == null) {
      return "-";
    }
    return Times.printDuration(
        millis < SECOND_MILLIS ? millis : millis / SECOND_MILLIS * SECOND_MILLIS);
  }

  private static String rate(double recordsPerSecond) {
    return String.format(Locale.ROOT, "%.1f", recordsPerSecond);
  }
}
