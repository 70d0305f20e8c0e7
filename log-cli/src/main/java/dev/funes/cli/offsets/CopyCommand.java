package dev.funes.cli.offsets;

import dev.funes.cli.console.Connection;
import dev.funes.cli.console.ExitCode;
import dev.funes.cli.console.FormatOption;
import dev.funes.client.Admin;
import dev.funes.client.CommittedOffset;
import dev.funes.client.OffsetCause;
import dev.funes.client.OffsetTarget;
import dev.funes.client.ResetResult;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "copy",
    description = {
      "Give a consumer group the stored offsets of another one, in one reset.",
      "On a terminal it only shows what it would do, until --yes."
    },
    footer = {
      "%nExamples:",
      "  funes offsets copy shipping shipping-v2 --dry-run",
      "  funes offsets copy shipping shipping-v2 --exact --yes"
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields before call()
final class CopyCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private Connection connection;

  @Parameters(index = "0", paramLabel = "FROM", description = "The group that has the offsets.")
  private String from;

  @Parameters(index = "1", paramLabel = "TO", description = "The group that gets them.")
  private String to;

  @Mixin private ExactOption exact;
  @Mixin private ApplyOptions apply;
  @Mixin private FormatOption format;

  @Override
  public Integer call() {
    boolean dryRun = apply.isDryRun();
    ResetResult result;
    try (Admin admin = connection.admin()) {
      List<CommittedOffset> offsets = admin.committedOffsets(from);
      if (offsets.isEmpty()) {
        throw new GroupCalls(admin, from).unknown();
      }
      List<OffsetTarget> targets = offsets.stream().map(OffsetTarget::of).toList();
      result = exact.move(admin, to, targets, OffsetCause.COPY, dryRun);
    }
    new Moves(spec, to, result, dryRun).print(format.value(), Map.of());
    return ExitCode.OK;
  }
}
