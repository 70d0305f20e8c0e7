package dev.funes.cli.offsets;

import dev.funes.cli.console.CommandFailure;
import dev.funes.cli.console.Connection;
import dev.funes.cli.console.ExitCode;
import dev.funes.cli.console.FormatOption;
import dev.funes.cli.console.Hints;
import dev.funes.cli.console.JsonOut;
import dev.funes.cli.console.OutputFormat;
import dev.funes.cli.console.Table;
import dev.funes.cli.format.Times;
import dev.funes.client.Admin;
import dev.funes.client.OffsetChange;
import dev.funes.client.OffsetHistoryEntry;
import dev.funes.client.OffsetHistoryPage;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "history",
    description = {
      "Show what was committed and reset, newest first.",
      "An id of it names the offsets after that entry, for 'offsets diff' and 'offsets export --at'."
    },
    footer = {
      "%nExamples:",
      "  funes offsets history shipping",
      "  funes offsets history shipping --resets",
      "  funes offsets history shipping -n 1000 -f json | jq 'select(.cause == \"reset\")'"
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields before call()
final class HistoryCommand implements Callable<Integer> {
  private static final int PAGE_ENTRIES_MAX = 1_000;
  private static final int CHANGES_SHOWN_MAX = 3;

  @Spec private CommandSpec spec;
  @Mixin private Connection connection;

  @Parameters(paramLabel = "GROUP", description = "The consumer group.")
  private String group;

  @Option(
      names = {"-n", "--count"},
      paramLabel = "N",
      defaultValue = "20",
      description = "How many entries at most. Default: ${DEFAULT-VALUE}.")
  private int count;

  @Option(names = "--resets", description = "Only what is not a commit.")
  private boolean resets;

  @Option(
      names = "--before",
      paramLabel = "ID",
      description = "Only entries before this one. Default: from the newest.")
  private long before;

  @Mixin private FormatOption format;

  @Override
  public Integer call() {
    if (count < 1) {
      throw new CommandFailure(ExitCode.USAGE, "-n is below 1");
    }
    if (before < 0) {
      throw new CommandFailure(ExitCode.USAGE, "--before is below 0");
    }
    boolean more;
    try (Admin admin = connection.admin()) {
      more = print(admin);
    }
    if (more) {
      Hints.say(spec, "-n for more of them");
    }
    return ExitCode.OK;
  }

  private boolean print(Admin admin) {
    PrintWriter out = spec.commandLine().getOut();
    List<OffsetHistoryEntry> found = new ArrayList<>();
    GroupCalls calls = new GroupCalls(admin, group);
    long from = before;
    boolean more = true;
    int left = count;
    while (more && left > 0) {
      long pageBefore = from;
      int pageMax = Math.min(left, PAGE_ENTRIES_MAX);
      OffsetHistoryPage page =
          calls.ask(() -> admin.offsetHistory(group, pageBefore, pageMax, resets));
      for (OffsetHistoryEntry entry : page.entries()) {
        from = entry.id();
        if (format.value() == OutputFormat.JSON) {
          printJson(entry, out);
        } else {
          found.add(entry);
        }
      }
      left -= page.entries().size();
      more = page.more() && !page.entries().isEmpty();
    }
    if (format.value() == OutputFormat.TABLE) {
      printTable(found, out);
    }
    return more;
  }

  private static void printTable(List<OffsetHistoryEntry> entries, PrintWriter out) {
    Table table = new Table("ID", "TIME", "WHAT", "MEMBER", "PARTITIONS", "CHANGES");
    for (OffsetHistoryEntry entry : entries) {
      table.row(
          entry.id(),
          Times.printTimestamp(entry.timeMillis()),
          cause(entry) + (entry.undoneId() == 0 ? "" : " of " + entry.undoneId()),
          entry.memberId().isEmpty() ? "-" : entry.memberId(),
          entry.changes().size(),
          changes(entry.changes()));
    }
    table.print(out);
  }

  private static String changes(List<OffsetChange> changes) {
    String shown =
        changes.stream()
            .limit(CHANGES_SHOWN_MAX)
            .map(
                change ->
                    "%s/%d %s -> %s"
                        .formatted(
                            change.topic(),
                            change.partition(),
                            Moves.orDash(change.from()),
                            Moves.orDash(change.to())))
            .collect(Collectors.joining(", "));
    return changes.size() > CHANGES_SHOWN_MAX ? shown + ", ..." : shown;
  }

  private static String cause(OffsetHistoryEntry entry) {
    return entry.cause().name().toLowerCase(Locale.ROOT);
  }

  private void printJson(OffsetHistoryEntry entry, PrintWriter out) {
    JsonOut.print(
        out,
        json -> {
          json.writeStringField("group", group);
          json.writeNumberField("id", entry.id());
          json.writeNumberField("timeMillis", entry.timeMillis());
          json.writeStringField("cause", cause(entry));
          json.writeStringField("member", entry.memberId());
          JsonOut.number("undoneId", entry.undoneId() == 0 ? null : entry.undoneId(), json);
          json.writeArrayFieldStart("changes");
          for (OffsetChange change : entry.changes()) {
            json.writeStartObject();
            json.writeStringField("topic", change.topic());
            json.writeNumberField("partition", change.partition());
            JsonOut.number("from", change.from(), json);
            JsonOut.number("to", change.to(), json);
            json.writeEndObject();
          }
          json.writeEndArray();
        });
  }
}
