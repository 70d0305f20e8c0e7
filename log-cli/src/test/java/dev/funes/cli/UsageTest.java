package dev.funes.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.funes.cli.console.ExitCode;
import dev.funes.cli.console.StandardStreams;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

class UsageTest {
  @TempDir Path directory;

  private static Cli.Result run(String... args) {
    return Cli.runExactly(new byte[0], args);
  }

  private static CommandLine whole() {
    return FunesCommandLine.create(
        new String[0],
        new StandardStreams(InputStream.nullInputStream(), OutputStream.nullOutputStream()));
  }

  /** The words of every command, such as "topic create". */
  static Stream<List<String>> commands() {
    List<List<String>> found = new ArrayList<>();
    collect(whole(), List.of(), found);
    return found.stream();
  }

  private static void collect(CommandLine command, List<String> words, List<List<String>> found) {
    command
        .getSubcommands()
        .forEach(
            (name, subcommand) -> {
              List<String> all = new ArrayList<>(words);
              all.add(name);
              found.add(all);
              collect(subcommand, all, found);
            });
  }

  @Test
  void hasExactlyTheCommandsThatAreDocumented() {
    assertThat(commands().map(words -> String.join(" ", words)))
        .containsExactlyInAnyOrder(
            "dev",
            "server",
            "topic",
            "topic create",
            "topic list",
            "topic describe",
            "topic alter",
            "topic delete",
            "produce",
            "consume",
            "request",
            "reply",
            "replay",
            "group",
            "group list",
            "group describe",
            "group pause",
            "group resume",
            "group kick",
            "group delete",
            "offsets",
            "offsets show",
            "offsets commit",
            "offsets reset",
            "offsets undo",
            "offsets history",
            "offsets diff",
            "offsets bookmark",
            "offsets bookmarks",
            "offsets export",
            "offsets import",
            "offsets copy",
            "offsets at",
            "cluster",
            "cluster status",
            "cluster describe",
            "cluster add-node",
            "cluster remove-node",
            "cluster drain",
            "cluster replace-node",
            "cluster balance",
            "cluster scrub",
            "cluster transfer-leader",
            "perf",
            "perf produce",
            "perf consume",
            "perf e2e",
            "perf topics",
            "dump",
            "verify",
            "generate-completion");
  }

  @ParameterizedTest
  @MethodSource("commands")
  void everyCommandHasHelpWithExamplesAndExitCodes(List<String> words) {
    List<String> args = new ArrayList<>(words);
    args.add("--help");

    Cli.Result help = run(args.toArray(String[]::new)).succeeded();

    assertThat(help.text()).contains("Usage: funes " + String.join(" ", words));
    assertThat(help.text()).contains("Examples:").contains("Exit codes:");
    assertThat(help.err()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "toppic list | no command 'toppic'; did you mean 'topic'?",
        "topic creat x | no command 'creat'; did you mean 'create'?",
        "topic | which? create, list, describe, alter, delete",
        "topic create | Missing required parameter: 'TOPIC'",
        "topic create t -p many | 'many' is not an int",
        "topic create t --retention soon | 'soon' is no duration",
        "topic create t --retention-bytes big | 'big' is no size",
        "topic alter t | nothing to change",
        "topic list -f xml | -",
        "topic list --server :x | --server",
        "consume | which topic? name one or more, or give --pattern",
        "consume t --bad | what is '--bad'?",
        "consume t --filter true --key k | mutually exclusive",
        "replay | Missing required parameter: 'TOPIC'",
        "replay t --into a --group b | mutually exclusive",
        "replay t --speed quick | 'quick' is no speed",
        "replay t --to tomorrow | --to: 'tomorrow' is no place in a log",
        "replay t --id x | --id is for --into",
        "consume t -o middle | 'middle' is no place in a log",
        "consume t -f jsn | 'jsn' is no format",
        "consume t -n -1 | -n is below 0",
        "consume t -o 1 --tail 1 | -o or --tail",
        "produce t -f xml | -",
        "produce t v --file f | not both",
        "produce t v -H novalue | 'novalue' is not NAME=VALUE",
        "produce t v --compression rar | expected one of none, gzip, snappy, lz4, zstd",
        "produce t -f json -K : | -K is for lines",
        "offsets reset g | -",
        "offsets reset g --to start --shift-by 1 | mutually exclusive",
        "offsets reset g --to yesterday | 'yesterday' is no place in a log",
        "offsets reset g --to -5 | --shift-by -5",
        "offsets reset g --to start --yes --dry-run | --yes or --dry-run, not both",
        "offsets reset g --to start --by-duration 1h | mutually exclusive",
        "offsets reset g --by-duration soon | 'soon' is no duration",
        "offsets reset g --to start --topic t:x | 't:x' is not TOPIC or TOPIC:PARTITION",
        "offsets undo | Missing required parameter: 'GROUP'",
        "offsets history g -n 0 | -n is below 1",
        "offsets history g --before -1 | --before is below 0",
        "offsets diff g | Missing required parameter: 'A'",
        "offsets diff g yesterday | 'yesterday' is no moment",
        "offsets export g --at yesterday | 'yesterday' is no moment",
        "offsets copy g | Missing required parameter: 'TO'",
        "offsets at 17 t | not the same place in every partition",
        "offsets at @-1h | Missing required parameter: 'TOPIC[:P,...]'",
        "offsets commit g t/x=1 | 't/x=1' is not TOPIC/PARTITION=OFFSET",
        "offsets commit g t/0=-1 | 't/0=-1' is not TOPIC/PARTITION=OFFSET",
        "perf | which? produce, consume, e2e, topics",
        "perf produce --records 5 --duration 1s | give --records or --duration, not both",
        "perf produce --records 0 | --records: 0 is less than 1",
        "perf produce --duration 0s | --duration: has to be more than 0",
        "perf produce --duration soon | 'soon' is no duration",
        "perf produce --rate -1 | --rate: -1 is less than 0",
        "perf produce --clients 0 | --clients: 0 is not between 1 and 1000",
        "perf produce --partitions 0 | --partitions: 0 is less than 1",
        "perf produce --interval 1ms | --interval: is less than 100ms",
        "perf produce --record-size 0 | --record-size: 0 is not between 1 and",
        "perf produce --record-size 2MiB | --record-size: 2097152 is not between 1 and",
        "perf produce --record-size big | 'big' is no size",
        "perf produce --record-size 1KiB --payload-file f | --payload-file decides",
        "perf produce --keys -1 | --keys: -1 is not between 0 and",
        "perf produce --compression rar | expected one of none, gzip, snappy, lz4, zstd",
        "perf produce --batch-size 1 | batchBytes: 1 is not between",
        "perf produce --plot - -f json | both want standard output",
        "perf produce --plot /nowhere/p.svg | --plot: there is no folder",
        "perf produce --hist /nowhere/h | --hist: there is no folder",
        "perf e2e --rate 5 --one-at-a-time | not both",
        "perf e2e --one-at-a-time --clients 2 | --one-at-a-time is for one client",
        "perf consume --from middle | 'middle' is no place in a log",
        "perf consume --rate 5 | what is '--rate'?",
        "perf topics --topics 0 | --topics: 0 is less than 1",
        "dev --nodes 0 | --nodes: 0 is not between",
        "server --node 1 | --config",
      })
  void refusesWrongUseInOneLineAndBeforeItAsksTheCluster(String line, String message) {
    Cli.Result result = run(line.split(" "));

    result.failedWith(ExitCode.USAGE, message.equals("-") ? "" : message);
    assertThat(result.out()).isEmpty();
  }

  @Test
  void aloneItShowsWhatThereIs() {
    Cli.Result result = run();

    assertThat(result.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(result.err()).contains("produce", "consume", "topic", "cluster");
  }

  @Test
  void tellsItsVersion() {
    assertThat(run("--version").succeeded().text()).startsWith("funes ");
  }

  @Test
  void completionKnowsTheCommandsAndOptions() {
    assertThat(run("generate-completion").succeeded().text())
        .contains("produce", "--wait-healthy", "--dry-run", "--one-at-a-time");
  }

  @Test
  void missingFilesAreNotFound() {
    run("verify", "/", "--digest-every", "0").failedWith(ExitCode.USAGE, "--digest-every");
    run("verify", "/nowhere/at/all").failedWith(ExitCode.NOT_FOUND, "/nowhere/at/all");
    run("dump", "/nowhere/at/all").failedWith(ExitCode.NOT_FOUND, "/nowhere/at/all");
    run("server", "--config", "/nowhere.yaml", "--node", "1")
        .failedWith(ExitCode.NOT_FOUND, "/nowhere.yaml");
    run("perf", "produce", "--payload-file", "/nowhere.txt")
        .failedWith(ExitCode.NOT_FOUND, "/nowhere.txt");
    run("perf", "produce", "--compare", "/nowhere.json")
        .failedWith(ExitCode.NOT_FOUND, "/nowhere.json");
    run("perf", "topics", "--pid", "999999999").failedWith(ExitCode.NOT_FOUND, "999999999");
    run("produce", "t", "--file", "/nowhere.txt").failedWith(ExitCode.NOT_FOUND, "/nowhere.txt");
  }

  @Test
  void aNodeThatCannotStartSaysWhyInOneLine() throws IOException {
    Path config = directory.resolve("cluster.yaml");
    Files.writeString(
        config,
        """
        cluster: c
        data: %s
        nodes:
          - {id: 1, host: 127.0.0.1, port: 7070, raft-port: 7080}
        """
            .formatted(directory.resolve("data")));

    run("server", "--config", config.toString(), "--node", "2")
        .failedWith(ExitCode.FAILED, "no node with id 2");
    Files.writeString(config, "clutser: c\n");
    run("server", "--config", config.toString(), "--node", "1")
        .failedWith(ExitCode.FAILED, "cluster.yaml");
  }

  @Test
  void namesTheAddressesThatItTriedInVain() {
    run("topic", "list", "--server", "127.0.0.1:1,localhost:2", "--timeout", "4s")
        .failedWith(ExitCode.UNREACHABLE, "127.0.0.1:1")
        .failedWith(ExitCode.UNREACHABLE, "localhost:2");
  }

  @Test
  void printsTheStackTraceOnlyWhenAskedTo() {
    Cli.Result result = run("verify", "/nowhere/at/all", "--verbose");

    assertThat(result.exitCode()).isEqualTo(ExitCode.NOT_FOUND);
    assertThat(result.err()).contains("\tat dev.funes.cli");
  }
}
