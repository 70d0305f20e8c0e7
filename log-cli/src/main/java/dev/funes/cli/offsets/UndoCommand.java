package dev.funes.cli.offsets;

import dev.funes.cli.console.Connection;
import dev.funes.cli.console.ExitCode;
import dev.funes.cli.console.FormatOption;
import dev.funes.client.Admin;
import dev.funes.client.ResetResult;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "undo",
    description = {
      "Take back the last reset, import, copy or deletion: every offset that it moved is again what"
          + " it was before, exactly, also where there was none.",
      "What was committed since is passed over. A second undo goes one reset further back.",
      "On a terminal it only shows what it would do, until --yes."
    },
    footer = {
      "%nExamples:",
      "  funes offsets undo shipping --dry-run",
      "  funes offsets undo shipping --yes"
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields before call()
final class UndoCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private Connection connection;

  @Parameters(paramLabel = "GROUP", description = "The consumer group.")
  private String group;

  @Mixin private ApplyOptions apply;
  @Mixin private FormatOption format;

  @Override
  public Integer call() {
    boolean dryRun = apply.isDryRun();
    ResetResult result;
    try (Admin admin = connection.admin()) {
      result = new GroupCalls(admin, group).ask(() -> admin.undoReset(group, dryRun));
    }
    new Moves(spec, group, result, dryRun).print(format.value(), Map.of());
    return ExitCode.OK;
  }
}
