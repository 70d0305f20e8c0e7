package dev.funes.cli.offsets;

import dev.funes.cli.console.Connection;
import dev.funes.cli.console.ExitCode;
import dev.funes.cli.console.FormatOption;
import dev.funes.cli.console.Hints;
import dev.funes.cli.console.JsonOut;
import dev.funes.cli.console.OutputFormat;
import dev.funes.cli.console.Table;
import dev.funes.cli.format.Times;
import dev.funes.client.Admin;
import dev.funes.client.CommittedOffset;
import dev.funes.client.OffsetBookmark;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "bookmarks",
    description = "List the bookmarks of a consumer group, or delete one.",
    footer = {
      "%nExamples:",
      "  funes offsets bookmarks shipping",
      "  funes offsets bookmarks shipping --delete before-deploy"
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields before call()
final class BookmarksCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private Connection connection;

  @Parameters(paramLabel = "GROUP", description = "The consumer group.")
  private String group;

  @Option(names = "--delete", paramLabel = "NAME", description = "Forget this one.")
  private @Nullable String delete;

  @Mixin private FormatOption format;

  @Override
  public Integer call() {
    try (Admin admin = connection.admin()) {
      GroupCalls calls = new GroupCalls(admin, group);
      String name = delete;
      if (name != null) {
        calls.ask(
            null,
            name,
            () -> {
              admin.deleteBookmark(group, name);
              return name;
            });
      } else {
        List<OffsetBookmark> bookmarks = calls.ask(() -> admin.bookmarks(group));
        print(group, bookmarks, format.value(), spec.commandLine().getOut());
        if (bookmarks.isEmpty()) {
          Hints.say(spec, "none yet: funes offsets bookmark " + group + " NAME");
        }
      }
    }
    return ExitCode.OK;
  }

  static void print(
      String group, List<OffsetBookmark> bookmarks, OutputFormat format, PrintWriter out) {
    Table table = new Table("NAME", "TIME", "PARTITIONS");
    for (OffsetBookmark bookmark : bookmarks) {
      switch (format) {
        case JSON -> printJson(group, bookmark, out);
        case TABLE ->
            table.row(
                bookmark.name(),
                Times.printTimestamp(bookmark.timeMillis()),
                bookmark.offsets().size());
      }
    }
    if (format == OutputFormat.TABLE) {
      table.print(out);
    }
  }

  private static void printJson(String group, OffsetBookmark bookmark, PrintWriter out) {
    JsonOut.print(
        out,
        json -> {
          json.writeStringField("group", group);
          json.writeStringField("name", bookmark.name());
          json.writeNumberField("timeMillis", bookmark.timeMillis());
          json.writeArrayFieldStart("offsets");
          for (CommittedOffset offset : bookmark.offsets()) {
            json.writeStartObject();
            json.writeStringField("topic", offset.partition().topic());
            json.writeNumberField("partition", offset.partition().partition());
            json.writeNumberField("offset", offset.offset());
            json.writeEndObject();
          }
          json.writeEndArray();
        });
  }
}
