package dev.funes.cli.offline;

import dev.funes.cli.console.ExitCode;
import dev.funes.cli.console.FormatOption;
import dev.funes.cli.console.JsonOut;
import dev.funes.cli.console.OutputFormat;
import dev.funes.cli.format.Sizes;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code funes verify}. */
@Command(
    name = "verify",
    description = {
      "Check that the segments in a folder are whole: every checksum, and no gap in the offsets.",
      "DIR is a partition's folder or any folder above, such as a node's data folder. Nothing is"
          + " changed. Replicas of a partition that are equal have the same digest. Exit code 1 when"
          + " something is damaged. After a crash the last batches may be torn: the node heals that"
          + " when it starts."
    },
    footer = {
      "%nExamples:",
      "  funes verify /var/lib/funes/node-1",
      "  funes verify /var/lib/funes/node-1 -f json | jq 'select(.whole | not)'",
      "  funes verify /var/lib/funes/node-1 --digest-every 1000 -f json"
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields before call()
public final class VerifyCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "DIR", description = "Where to look.")
  private Path directory;

  @Option(
      names = "--digest-every",
      paramLabel = "OFFSETS",
      description =
          "With -f json: also a digest for the batches of every so many offsets, to compare replicas"
              + " whose segments begin at different offsets.")
  private @Nullable Integer digestEvery;

  @Mixin private FormatOption format;

  @Override
  public Integer call() throws IOException {
    int every = digestEvery == null ? 0 : digestEvery;
    if (digestEvery != null && every < 1) {
      throw new ParameterException(
          spec.commandLine(), "--digest-every: " + every + " is less than 1");
    }
    PrintWriter out = spec.commandLine().getOut();
    int partitions = 0;
    int damaged = 0;
    long records = 0;
    long bytes = 0;
    for (Path partition : PartitionDirectories.below(directory)) {
      Verification result = Verification.of(partition, every);
      print(result, out);
      partitions++;
      damaged += result.isWhole() ? 0 : 1;
      records += result.records();
      bytes += result.bytes();
    }
    if (format.value() == OutputFormat.TABLE) {
      out.println(
          "%d partition%s, %d damaged; %s records in %s"
              .formatted(
                  partitions,
                  partitions == 1 ? "" : "s",
                  damaged,
                  Sizes.count(records),
                  Sizes.print(bytes)));
    }
    out.flush();
    return damaged == 0 ? ExitCode.OK : ExitCode.FAILED;
  }

  private void print(Verification result, PrintWriter out) {
    switch (format.value()) {
      case JSON ->
          JsonOut.print(
              out,
              json -> {
                json.writeStringField("partition", result.name());
                json.writeStringField("directory", result.directory().toString());
                json.writeBooleanField("whole", result.isWhole());
                json.writeNumberField("startOffset", result.startOffset());
                json.writeNumberField("endOffset", result.endOffset());
                json.writeNumberField("segments", result.segments());
                json.writeNumberField("batches", result.batches());
                json.writeNumberField("records", result.records());
                json.writeNumberField("bytes", result.bytes());
                json.writeStringField("sha256", result.digest());
                if (digestEvery != null) {
                  json.writeArrayFieldStart("digests");
                  for (PieceDigests.Piece piece : result.pieces()) {
                    json.writeStartObject();
                    json.writeNumberField("startOffset", piece.startOffset());
                    json.writeNumberField("endOffset", piece.endOffset());
                    json.writeStringField("sha256", piece.sha256());
                    json.writeEndObject();
                  }
                  json.writeEndArray();
                }
                json.writeArrayFieldStart("problems");
                for (String problem : result.problems()) {
                  json.writeString(problem);
                }
                json.writeEndArray();
              });
      case TABLE -> {
        out.println(
            "%-7s %s: offsets %d to %d, %d batches in %d segment%s, %s, sha256 %s"
                .formatted(
                    result.isWhole() ? "whole" : "DAMAGED",
                    result.name(),
                    result.startOffset(),
                    result.endOffset(),
                    result.batches(),
                    result.segments(),
                    result.segments() == 1 ? "" : "s",
                    Sizes.print(result.bytes()),
                    result.digest()));
        result.problems().forEach(problem -> out.println("        " + problem));
      }
    }
  }
}
