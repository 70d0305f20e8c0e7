package dev.funes.cli.offsets;

import dev.funes.cli.console.Connection;
import dev.funes.cli.console.ExitCode;
import dev.funes.client.Admin;
import dev.funes.client.CommittedOffset;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "commit",
    description = "Store offsets for a consumer group: all that are given, or none.",
    footer = {
      "%nExamples:",
      "  funes offsets commit shipping orders/0=120",
      "  funes offsets commit shipping orders/0=120 orders/1=98"
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields before call()
final class CommitCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private Connection connection;

  @Parameters(index = "0", paramLabel = "GROUP", description = "The consumer group.")
  private String group;

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "TOPIC/PARTITION=OFFSET",
      description = "The offset of the next record to read.")
  private List<String> offsets;

  @Override
  public Integer call() {
    List<CommittedOffset> parsed = offsets.stream().map(PartitionName::parseCommit).toList();
    try (Admin admin = connection.admin()) {
      new GroupCalls(admin, group)
          .ask(
              parsed.getFirst().partition().topic(),
              null,
              () -> {
                admin.commitOffsets(group, parsed);
                return parsed;
              });
    }
    PrintWriter out = spec.commandLine().getOut();
    parsed.forEach(
        offset ->
            out.println(
                group + ": " + PartitionName.print(offset.partition()) + "=" + offset.offset()));
    out.flush();
    return ExitCode.OK;
  }
}
