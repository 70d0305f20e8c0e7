package dev.funes.cli.offsets;

import dev.funes.cli.console.CommandFailure;
import dev.funes.cli.console.Connection;
import dev.funes.cli.console.ExitCode;
import dev.funes.cli.console.FormatOption;
import dev.funes.cli.console.StandardStreams;
import dev.funes.cli.console.Terminal;
import dev.funes.cli.format.BadInputException;
import dev.funes.client.Admin;
import dev.funes.client.OffsetCause;
import dev.funes.client.OffsetTarget;
import dev.funes.client.ResetResult;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "import",
    description = {
      "Move the stored offsets of a consumer group to those of a file, in one reset.",
      "It reads what 'offsets export', 'offsets at -f json' and 'offsets show -f json' print: JSON"
          + " objects with topic, partition and offset; an offset that is null is forgotten.",
      "On a terminal it only shows what it would do, until --yes."
    },
    footer = {
      "%nExamples:",
      "  funes offsets import shipping offsets.json --dry-run",
      "  funes offsets import shipping offsets.json --yes",
      "  funes offsets at @2026-01-31 orders -f json | funes offsets import shipping"
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields before call()
final class ImportCommand implements Callable<Integer> {
  private static final String STDIN = "-";

  private final StandardStreams streams;

  @Spec private CommandSpec spec;
  @Mixin private Connection connection;

  @Parameters(index = "0", paramLabel = "GROUP", description = "The consumer group.")
  private String group;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "FILE",
      defaultValue = STDIN,
      description = "What to read. Default: standard input.")
  private String file;

  @Mixin private ExactOption exact;
  @Mixin private ApplyOptions apply;
  @Mixin private FormatOption format;

  ImportCommand(StandardStreams streams) {
    this.streams = streams;
  }

  @Override
  public Integer call() throws IOException {
    boolean dryRun = apply.isDryRun();
    List<OffsetTarget> targets = read();
    ResetResult result;
    try (Admin admin = connection.admin()) {
      result = exact.move(admin, group, targets, OffsetCause.IMPORT, dryRun);
    }
    new Moves(spec, group, result, dryRun).print(format.value(), Map.of());
    return ExitCode.OK;
  }

  private List<OffsetTarget> read() throws IOException {
    boolean fromStdin = file.equals(STDIN);
    if (fromStdin && Terminal.onBothEnds()) {
      throw new CommandFailure(ExitCode.USAGE, "name the FILE, or pipe it in");
    }
    String name = fromStdin ? "standard input" : file;
    try (InputStream in = fromStdin ? streams.in() : Files.newInputStream(Path.of(file))) {
      List<OffsetTarget> targets = OffsetLines.read(new BufferedInputStream(in));
      if (targets.isEmpty()) {
        throw new CommandFailure(ExitCode.USAGE, name + " has no offsets in it");
      }
      return targets;
    } catch (BadInputException e) {
      throw new CommandFailure(
          ExitCode.USAGE,
          "line %d of %s: %s; nothing was changed".formatted(e.lineNumber(), name, e.getMessage()),
          "funes offsets export GROUP shows what it has to look like",
          e);
    }
  }
}
