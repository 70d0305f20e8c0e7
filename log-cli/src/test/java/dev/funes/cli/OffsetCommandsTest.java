package dev.funes.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.funes.cli.console.ExitCode;
import dev.funes.server.testing.FunesCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The commands that remember stored offsets, as users type them. */
class OffsetCommandsTest {
  @RegisterExtension static final FunesCluster NODE = FunesCluster.ofNodes(1);

  private static Cli cli;
  private static int groups;

  @TempDir Path directory;
  private String group = "";

  @BeforeAll
  static void fill() {
    cli = new Cli(NODE.addresses());
    for (String topic : List.of("orders", "parcels")) {
      cli.run("topic", "create", topic, "-p", "2", "--retention", "forever").succeeded();
      StringBuilder records = new StringBuilder();
      for (int i = 0; i < 20; i++) {
        records.append("{\"partition\":%d,\"timestamp\":%d,\"value\":\"v\"}\n".formatted(i % 2, i));
      }
      cli.runWithInput(records.toString().getBytes(UTF_8), "produce", topic, "-f", "json")
          .succeeded();
    }
  }

  @BeforeEach
  void commit() {
    group = "group-" + ++groups;
    cli.run("offsets", "commit", group, "orders/0=4", "orders/1=7", "parcels/0=1").succeeded();
  }

  private List<String> shown() {
    return cli.run("offsets", "export", group).succeeded().lines();
  }

  @Test
  void aResetShowsWhatIsReadAgainAndIsUndone() {
    List<String> before = shown();

    List<String> dry =
        cli.run("offsets", "reset", group, "--to", "start", "--dry-run").succeeded().lines();
    assertThat(dry.getFirst()).matches("PARTITION +FROM +TO +READ AGAIN +SKIPPED");
    assertThat(dry)
        .anyMatch(line -> line.matches("orders/1 +7 +0 +7 +0"))
        .anyMatch(line -> line.matches("total +- +- +12 +0"));
    assertThat(shown()).isEqualTo(before);

    List<String> json =
        cli.run("offsets", "reset", group, "--to", "start", "-f", "json", "--yes")
            .succeeded()
            .lines();
    assertThat(json.getFirst())
        .isEqualTo(
            "{\"group\":\"%s\",\"topic\":\"orders\",\"partition\":0,\"from\":4,\"to\":0,\"asked\":null,\"difference\":-4,\"readAgain\":4,\"skipped\":0,\"logStartOffset\":0,\"logEndOffset\":10,\"dryRun\":false,\"historyId\":2,\"undoneId\":null}"
                .formatted(group));
    assertThat(shown()).isNotEqualTo(before);

    assertThat(cli.run("offsets", "undo", group).succeeded().lines())
        .anyMatch(line -> line.matches("orders/1 +0 +7 +0 +7"));
    assertThat(shown()).isEqualTo(before);
    cli.run("offsets", "undo", group)
        .failedWith(ExitCode.CONFLICT, "no reset that could be undone");
    assertThat(cli.run("offsets", "history", group).succeeded().lines())
        .hasSize(4)
        .anyMatch(
            line -> line.matches(" *3 .* undo of 2 .* 3 +orders/0 0 -> 4, orders/1 0 -> 7,.*"))
        .anyMatch(line -> line.matches(" *2 .* reset .*"))
        .anyMatch(line -> line.matches(" *1 .* commit .* orders/0 - -> 4.*"));
    assertThat(cli.run("offsets", "history", group, "--resets", "-n", "1").succeeded().lines())
        .hasSize(2);
  }

  @Test
  void offsetsBeyondTheLogAreNamed() {
    assertThat(
            cli.run("offsets", "reset", group, "--to", "99", "--topic", "orders:0")
                .succeeded()
                .lines())
        .anyMatch(line -> line.matches("orders/0 +4 +10 +0 +6 +99 is beyond the end of the log"));
  }

  @Test
  void movesByRecordsAndByTimeOverAllTopics() {
    cli.run("offsets", "reset", group, "--to", "@10").succeeded();
    assertThat(shown()).allMatch(line -> line.endsWith("\"offset\":5}"));
    cli.run("offsets", "reset", group, "--shift-by", "-2", "--topic", "orders", "--topic=parcels:0")
        .succeeded();
    assertThat(shown()).allMatch(line -> line.endsWith("\"offset\":3}"));
    cli.run("offsets", "reset", group, "--by-duration", "1h").succeeded();
    assertThat(shown()).allMatch(line -> line.endsWith("\"offset\":10}"));
  }

  @Test
  void exportAndImportGoRound() throws IOException {
    Path file = directory.resolve("offsets.json");
    cli.run("offsets", "export", group, file.toString()).succeeded();
    assertThat(Files.readAllLines(file)).isEqualTo(shown()).hasSize(3);
    cli.run("offsets", "commit", group, "orders/0=9", "parcels/1=2").succeeded();

    cli.run("offsets", "import", group, file.toString(), "--dry-run").succeeded();
    assertThat(shown()).hasSize(4);
    cli.run("offsets", "import", group, file.toString()).succeeded();
    assertThat(shown()).hasSize(4).containsAll(Files.readAllLines(file));
    cli.run("offsets", "import", group, file.toString(), "--exact").succeeded();
    assertThat(shown()).isEqualTo(Files.readAllLines(file));
    assertThat(cli.run("offsets", "history", group, "--resets").succeeded().lines())
        .hasSize(3)
        .filteredOn(line -> line.contains(" import "))
        .hasSize(2);

    byte[] show = cli.run("offsets", "show", group, "-f", "json").succeeded().out();
    assertThat(cli.runWithInput(show, "offsets", "import", "copy-of-it").succeeded().lines())
        .hasSize(5);
    byte[] now = cli.run("offsets", "export", group, "--at", "3").succeeded().out();
    assertThat(new String(now, UTF_8).lines()).hasSize(4);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"topic\":\"orders\" | line 2 of standard input: not JSON",
        "nonsense | line 2 of standard input: not JSON",
        "[] | line 2 of standard input: expected a JSON object",
        "{\"partition\":0,\"offset\":1} | line 2 of standard input: \"topic\" is missing",
        "{\"topic\":\"orders\",\"offset\":1} | \"partition\" is missing",
        "{\"topic\":\"orders\",\"partition\":1} | \"offset\" is missing",
        "{\"topic\":\"\",\"partition\":1,\"offset\":1} | \"topic\" must be the name",
        "{\"topic\":\"orders\",\"partition\":-1,\"offset\":1} | \"partition\" must be a whole number",
        "{\"topic\":\"orders\",\"partition\":1.5,\"offset\":1} | \"partition\" must be a whole number",
        "{\"topic\":\"orders\",\"partition\":1,\"offset\":\"1\"} | \"offset\" must be a whole number",
        "{\"topic\":\"orders\",\"partition\":1,\"offset\":99999999999999999999} | \"offset\" must be",
        "{\"topic\":\"orders\",\"partition\":1,\"offset\":1,\"offset\":2} | Duplicate field 'offset'",
        "{\"topic\":\"orders\",\"partition\":1,\"ofset\":1} | unknown field \"ofset\"",
        "{\"topic\":\"orders\",\"partition\":0,\"offset\":2} | orders/0 is there a second time",
      })
  void damagedImportsAreRefusedWhole(String line, String message) {
    List<String> before = shown();
    String input = "{\"topic\":\"orders\",\"partition\":0,\"offset\":1}\n" + line + "\n";

    cli.runWithInput(input.getBytes(UTF_8), "offsets", "import", group)
        .failedWith(ExitCode.USAGE, message);

    assertThat(shown()).isEqualTo(before);
  }

  @Test
  void bookmarksAndDiffs() {
    assertThat(cli.run("offsets", "bookmark", group, "before").succeeded().lines().getLast())
        .matches("before .* 3");
    cli.run("offsets", "bookmark", group, "before").failedWith(ExitCode.CONFLICT, "before");
    cli.run("offsets", "commit", group, "orders/0=9", "parcels/1=2").succeeded();

    assertThat(cli.run("offsets", "diff", group, "bookmark:before").succeeded().lines())
        .hasSize(3)
        .anyMatch(line -> line.matches("orders/0 +4 +9 +\\+5"))
        .anyMatch(line -> line.matches("parcels/1 +- +2 +-"));
    assertThat(cli.run("offsets", "diff", group, "#2", "1", "-f", "json").succeeded().lines())
        .hasSize(2)
        .anyMatch(line -> line.contains("\"a\":9,\"b\":4,\"difference\":-5"));
    assertThat(cli.run("offsets", "diff", group, "@-0ms").succeeded().lines()).hasSize(1);
    assertThat(cli.run("offsets", "diff", group, "1", "--all").succeeded().lines()).hasSize(5);

    cli.run("offsets", "reset", group, "--to", "bookmark:before").succeeded();
    assertThat(shown()).hasSize(4).anyMatch(line -> line.endsWith("\"offset\":4}"));
    cli.run("offsets", "bookmark", group, "before", "--replace").succeeded();
    assertThat(cli.run("offsets", "bookmarks", group, "-f", "json").succeeded().lines())
        .singleElement()
        .asString()
        .contains("\"name\":\"before\"", "{\"topic\":\"parcels\",\"partition\":1,\"offset\":2}");
    cli.run("offsets", "bookmarks", group, "--delete", "befor")
        .failedWith(ExitCode.NOT_FOUND, "no bookmark 'befor'; did you mean 'before'?");
    cli.run("offsets", "bookmarks", group, "--delete", "before").succeeded();
    assertThat(cli.run("offsets", "bookmarks", group).succeeded().lines()).hasSize(1);
    cli.run("offsets", "reset", group, "--to", "bookmark:before")
        .failedWith(ExitCode.NOT_FOUND, "before");
  }

  @Test
  void copiesToAnotherGroup() {
    String copy = group + "-copy";
    cli.run("offsets", "commit", copy, "parcels/1=5").succeeded();

    cli.run("offsets", "copy", group, copy).succeeded();
    assertThat(cli.run("offsets", "export", copy).succeeded().lines()).hasSize(4);
    cli.run("offsets", "copy", group, copy, "--exact").succeeded();
    assertThat(cli.run("offsets", "export", copy).succeeded().text().replace(copy, group))
        .isEqualTo(cli.run("offsets", "export", group).succeeded().text());
    assertThat(cli.run("offsets", "history", copy, "--resets").succeeded().lines())
        .hasSize(3)
        .anyMatch(line -> line.contains(" copy "));
    cli.run("offsets", "copy", group + "s", copy).failedWith(ExitCode.NOT_FOUND, "did you mean");
  }

  @Test
  void cutsThroughTopicsAtOneInstant() {
    assertThat(cli.run("offsets", "at", "@5", "orders", "parcels:1").succeeded().lines())
        .hasSize(4)
        .anyMatch(line -> line.matches("orders/0 +3 +1970-01-01T00:00:00.006Z"))
        .anyMatch(line -> line.matches("orders/1 +2 +1970-01-01T00:00:00.005Z"))
        .anyMatch(line -> line.matches("parcels/1 +2 +1970-01-01T00:00:00.005Z"));
    byte[] cut = cli.run("offsets", "at", "@5", "orders", "-f", "json").succeeded().out();

    cli.runWithInput(cut, "offsets", "import", group).succeeded();

    assertThat(shown())
        .anyMatch(line -> line.contains("\"topic\":\"orders\",\"partition\":0,\"offset\":3"))
        .anyMatch(line -> line.contains("\"topic\":\"orders\",\"partition\":1,\"offset\":2"));
    cli.run("offsets", "at", "@5", "order").failedWith(ExitCode.NOT_FOUND, "did you mean");
    cli.run("offsets", "at", "@5", "orders:7").failedWith(ExitCode.NOT_FOUND, "no partition 7");
  }

  @Test
  void showsTheLagInTimeToo() {
    assertThat(cli.run("offsets", "show", group).succeeded().lines())
        .anyMatch(line -> line.matches("orders/0 +4 +10 +6 +[0-9]+d[0-9hms]* .*"));
    assertThat(cli.run("offsets", "show", group, "-f", "json").succeeded().text())
        .contains("\"lag\":6,\"lagMillis\":");
  }

  @Test
  void wrongNamesAndMomentsAreNotFound() {
    String nobody = "nobody";
    for (String command : List.of("history", "bookmarks", "undo", "export")) {
      cli.run("offsets", command, nobody).failedWith(ExitCode.NOT_FOUND, nobody);
    }
    cli.run("offsets", "export", group, "--at", "0")
        .failedWith(ExitCode.NOT_FOUND, "had no stored offsets at 0");
    cli.run("offsets", "bookmark", nobody, "b").failedWith(ExitCode.NOT_FOUND, nobody);
    cli.run("offsets", "diff", nobody, "1").failedWith(ExitCode.NOT_FOUND, nobody);
    cli.run("offsets", "diff", group, "17").failedWith(ExitCode.NOT_FOUND, "history_id");
    cli.run("offsets", "diff", group, "bookmark:x").failedWith(ExitCode.NOT_FOUND, "bookmark 'x'");
    cli.run("offsets", "bookmark", group, "a/b").failedWith(ExitCode.USAGE, "name must consist");
    cli.run("offsets", "reset", group, "--to", "start", "--topic", "order")
        .failedWith(ExitCode.NOT_FOUND, "did you mean 'orders'");
    cli.run("offsets", "reset", group, "--to", "start", "--topic", "orders:9")
        .failedWith(ExitCode.NOT_FOUND, "partition 9");
    cli.run("offsets", "import", group, "/nowhere.json")
        .failedWith(ExitCode.NOT_FOUND, "/nowhere.json");
    cli.run("offsets", "import", group).failedWith(ExitCode.USAGE, "has no offsets in it");
  }
}
