package dev.funes.cli.offsets;

import dev.funes.cli.console.Connection;
import dev.funes.cli.console.ExitCode;
import dev.funes.cli.console.FormatOption;
import dev.funes.cli.console.Hints;
import dev.funes.client.Admin;
import dev.funes.client.OffsetBookmark;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "bookmark",
    description = "Give the stored offsets of a consumer group, as they are now, a name.",
    footer = {
      "%nExamples:",
      "  funes offsets bookmark shipping before-deploy",
      "  funes offsets bookmark shipping nightly --replace"
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields before call()
final class BookmarkCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private Connection connection;

  @Parameters(index = "0", paramLabel = "GROUP", description = "The consumer group.")
  private String group;

  @Parameters(
      index = "1",
      paramLabel = "NAME",
      description = "1 to 249 of a-z, A-Z, 0-9, '.', '_' and '-'.")
  private String name;

  @Option(names = "--replace", description = "Take the name from an older bookmark.")
  private boolean replace;

  @Mixin private FormatOption format;

  @Override
  public Integer call() {
    OffsetBookmark made;
    try (Admin admin = connection.admin()) {
      made = new GroupCalls(admin, group).ask(() -> admin.putBookmark(group, name, replace));
    }
    BookmarksCommand.print(group, List.of(made), format.value(), spec.commandLine().getOut());
    Hints.say(spec, "funes offsets reset %s --to bookmark:%s".formatted(group, name));
    return ExitCode.OK;
  }
}
