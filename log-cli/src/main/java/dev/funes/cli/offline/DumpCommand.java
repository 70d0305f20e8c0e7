package dev.funes.cli.offline;

import dev.funes.cli.console.ExitCode;
import dev.funes.cli.console.FormatOption;
import dev.funes.cli.console.JsonOut;
import dev.funes.cli.console.OutputFormat;
import dev.funes.cli.console.StandardStreams;
import dev.funes.cli.format.ByteSink;
import dev.funes.cli.format.RecordFormat;
import dev.funes.cli.format.Times;
import dev.funes.log.SegmentDump;
import dev.funes.log.SegmentDump.Finding;
import dev.funes.record.LogRecord;
import dev.funes.record.RecordBatch;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code funes dump}. */
@Command(
    name = "dump",
    description = {
      "Print what is in segment files: one line a batch, or with --records one a record.",
      "Works without a node, and beside one that runs. Exit code 1 when something is damaged."
    },
    footer = {
      "%nExamples:",
      "  funes dump 00000000000000000000.log",
      "  funes dump /var/lib/funes/node-1 -f json | jq .codec",
      "  funes dump 00000000000000000000.log --records -f json"
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields before call()
public final class DumpCommand implements Callable<Integer> {
  private static final int RECORDS_BYTES_MAX = 256 << 20;

  private final StandardStreams streams;

  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "FILE|DIR",
      description = "A segment file, or a folder with some in it or below.")
  private Path path;

  @Option(names = "--records", description = "Print the records, not only the batches.")
  private boolean records;

  @Mixin private FormatOption format;

  private long damaged;

  /** A command that prints to these streams. */
  public DumpCommand(StandardStreams streams) {
    this.streams = streams;
  }

  @Override
  public Integer call() throws IOException {
    PartitionDirectories.requireThere(path);
    List<Path> places = Files.isDirectory(path) ? PartitionDirectories.below(path) : List.of(path);
    for (Path place : places) {
      dump(place);
    }
    return damaged == 0 ? ExitCode.OK : ExitCode.FAILED;
  }

  private void dump(Path place) throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    if (format.value() == OutputFormat.TABLE && !records) {
      out.println(place);
      out.println(
          "      OFFSETS             RECORDS  POSITION     BYTES  CODEC   EPOCH  PRODUCER"
              + "            GREATEST TIMESTAMP");
    }
    ByteSink sink = new ByteSink(streams.out());
    RecordFormat recordFormat =
        RecordFormat.parse(format.value() == OutputFormat.JSON ? "json" : "%p %o %T %k %v\\n");
    SegmentDump.walk(
        place,
        finding -> {
          try {
            print(finding, out, recordFormat, sink);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
    out.flush();
    sink.flush();
  }

  private void print(Finding finding, PrintWriter out, RecordFormat recordFormat, ByteSink sink)
      throws IOException {
    switch (finding) {
      case Finding.Whole whole -> {
        RecordBatch batch = RecordBatch.at(whole.batch(), whole.batch().position());
        if (records) {
          printRecords(whole, batch, recordFormat, sink);
        } else {
          printBatch(whole, batch, out);
        }
      }
      case Finding.Damaged damage -> {
        damaged++;
        printRest(damage.file(), damage.position(), "damaged", damage.problem(), out);
      }
      case Finding.Unused unused -> {
        if (!records) {
          printRest(
              unused.file(), unused.position(), "unused", unused.bytes() + " bytes free", out);
        }
      }
    }
  }

  private static void printRecords(
      Finding.Whole whole, RecordBatch batch, RecordFormat recordFormat, ByteSink sink)
      throws IOException {
    PartitionFolder folder = PartitionFolder.of(whole.file());
    for (LogRecord record : batch.records(RECORDS_BYTES_MAX)) {
      recordFormat.write(folder.topic(), folder.partition(), record, sink);
    }
  }

  private void printBatch(Finding.Whole whole, RecordBatch batch, PrintWriter out) {
    switch (format.value()) {
      case JSON ->
          JsonOut.print(
              out,
              json -> {
                json.writeStringField("file", whole.file().toString());
                json.writeNumberField("position", whole.position());
                json.writeNumberField("baseOffset", batch.baseOffset());
                json.writeNumberField("lastOffset", batch.lastOffset());
                json.writeNumberField("records", batch.recordCount());
                json.writeNumberField("bytes", batch.sizeBytes());
                json.writeStringField("codec", batch.compression().lowerCaseName());
                json.writeNumberField("leaderEpoch", batch.leaderEpoch());
                json.writeNumberField("producerId", batch.producerId());
                json.writeNumberField("producerEpoch", batch.producerEpoch());
                json.writeNumberField("baseSequence", batch.baseSequence());
                json.writeNumberField("maxTimestamp", batch.maxTimestamp());
              });
      case TABLE ->
          out.println(
              "%10d - %-10d %7d %9d %9d  %-6s %6d  %-18s  %s"
                  .formatted(
                      batch.baseOffset(),
                      batch.lastOffset(),
                      batch.recordCount(),
                      whole.position(),
                      batch.sizeBytes(),
                      batch.compression().lowerCaseName(),
                      batch.leaderEpoch(),
                      batch.producerId() < 0
                          ? "-"
                          : "%d/%d #%d"
                              .formatted(
                                  batch.producerId(), batch.producerEpoch(), batch.baseSequence()),
                      Times.printTimestamp(batch.maxTimestamp())));
    }
  }

  private void printRest(Path file, long position, String what, String words, PrintWriter out) {
    switch (format.value()) {
      case JSON ->
          JsonOut.print(
              out,
              json -> {
                json.writeStringField("file", file.toString());
                json.writeNumberField("position", position);
                json.writeStringField(what, words);
              });
      case TABLE ->
          out.println(
              "  %s at byte %d of %s: %s".formatted(what, position, file.getFileName(), words));
    }
  }
}
