package dev.funes.cli.offsets;

import dev.funes.cli.console.Hints;
import dev.funes.cli.console.JsonOut;
import dev.funes.cli.console.OutputFormat;
import dev.funes.cli.console.Table;
import dev.funes.client.ResetOffset;
import dev.funes.client.ResetResult;
import java.io.PrintWriter;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/** Prints how stored offsets moved, or would move, and what that means for who reads them. */
public record Moves(CommandSpec spec, String group, ResetResult result, boolean dryRun) {
  /**
   * Prints all of it and says what to type next.
   *
   * @param replaced as for {@link TypedAgain#withYes}
   */
  public void print(OutputFormat format, Map<String, String> replaced) {
    PrintWriter out = spec.commandLine().getOut();
    switch (format) {
      case JSON -> result.offsets().forEach(offset -> printJson(offset, out));
      case TABLE -> table().print(out);
    }
    if (dryRun) {
      Hints.say(spec, "nothing was changed; to do it: " + TypedAgain.withYes(spec, replaced));
    } else if (result.undoneId() == 0) {
      Hints.say(spec, "to go back: funes offsets undo " + group + " " + ApplyOptions.YES);
    } else {
      Hints.say(spec, "funes offsets history " + group + " --resets");
    }
  }

  private Table table() {
    boolean hasNotes = result.offsets().stream().anyMatch(offset -> !note(offset).isEmpty());
    Table table =
        hasNotes
            ? new Table("PARTITION", "FROM", "TO", "READ AGAIN", "SKIPPED", "NOTE")
            : new Table("PARTITION", "FROM", "TO", "READ AGAIN", "SKIPPED");
    long again = 0;
    long skipped = 0;
    for (ResetOffset offset : result.offsets()) {
      again += offset.readAgain();
      skipped += offset.skipped();
      row(
          table,
          PartitionName.print(offset.partition()),
          offset.fromOffset(),
          offset.toOffset(),
          offset.readAgain(),
          offset.skipped(),
          hasNotes ? note(offset) : null);
    }
    if (result.offsets().size() > 1) {
      row(table, "total", null, null, again, skipped, hasNotes ? "" : null);
    }
    return table;
  }

  private static void row(
      Table table,
      String name,
      @Nullable Long from,
      @Nullable Long to,
      long again,
      long skipped,
      @Nullable String note) {
    if (note == null) {
      table.row(name, orDash(from), orDash(to), again, skipped);
    } else {
      table.row(name, orDash(from), orDash(to), again, skipped, note);
    }
  }

  private static String note(ResetOffset offset) {
    Long asked = offset.askedOffset();
    if (asked != null) {
      return asked < offset.logStartOffset()
          ? asked + " is before the start of the log"
          : asked + " is beyond the end of the log";
    }
    return offset.toOffset() == null ? "forgotten" : "";
  }

  private void printJson(ResetOffset offset, PrintWriter out) {
    Long from = offset.fromOffset();
    Long to = offset.toOffset();
    JsonOut.print(
        out,
        json -> {
          json.writeStringField("group", group);
          json.writeStringField("topic", offset.partition().topic());
          json.writeNumberField("partition", offset.partition().partition());
          JsonOut.number("from", from, json);
          JsonOut.number("to", to, json);
          JsonOut.number("asked", offset.askedOffset(), json);
          JsonOut.number("difference", from == null || to == null ? null : to - from, json);
          json.writeNumberField("readAgain", offset.readAgain());
          json.writeNumberField("skipped", offset.skipped());
          json.writeNumberField("logStartOffset", offset.logStartOffset());
          json.writeNumberField("logEndOffset", offset.logEndOffset());
          json.writeBooleanField("dryRun", dryRun);
          JsonOut.number("historyId", dryRun ? null : result.historyId(), json);
          JsonOut.number("undoneId", result.undoneId() == 0 ? null : result.undoneId(), json);
        });
  }

  static String orDash(@Nullable Long number) {
    return number == null ? "-" : number.toString();
  }
}
