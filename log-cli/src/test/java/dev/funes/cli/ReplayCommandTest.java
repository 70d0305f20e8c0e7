package dev.funes.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.funes.client.ClientConfig;
import dev.funes.client.ConsumedRecord;
import dev.funes.client.Consumer;
import dev.funes.client.GroupOptions;
import dev.funes.client.Subscription;
import dev.funes.server.testing.FunesCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A stream of events, replayed in every way that the command line offers. */
class ReplayCommandTest {
  @RegisterExtension static final FunesCluster CLUSTER = FunesCluster.ofNodes(3);

  private static final String COMMITS = "commits";
  private static String date = "";
  private static long dateMillis;

  @TempDir Path folder;

  private static Cli cli() {
    return new Cli(CLUSTER.addresses());
  }

  @BeforeAll
  static void fill() throws IOException {
    cli().run("topic", "create", COMMITS, "-p", "6", "--retention", "forever").succeeded();
    StringBuilder lines = new StringBuilder();
    List<Long> times = new ArrayList<>();
    for (String line : Files.readAllLines(Path.of("src/test/resources/commits.tsv"), UTF_8)) {
      String[] parts = line.split("\t", 2);
      String time = parts[1].replaceAll(".*\"time\":(\\d+).*", "$1");
      times.add(Long.parseLong(time) * 1_000);
      lines.append(
          "{\"key\":\"%s\",\"timestamp\":%s000,\"value\":%s}%n"
              .formatted(parts[0], time, quoted(parts[1])));
    }
    remember(times);
    cli()
        .runWithInput(lines.toString().getBytes(UTF_8), "produce", COMMITS, "-f", "json")
        .succeeded();
  }

  private static void remember(List<Long> times) {
    dateMillis = times.stream().sorted().toList().get(times.size() / 2);
    date = "@" + Instant.ofEpochMilli(dateMillis);
  }

  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  private static void create(String topic, String... lines) {
    cli().run("topic", "create", topic, "-p", "3").succeeded();
    for (String line : lines) {
      String[] parts = line.split(" ", 3);
      String json =
          "{\"timestamp\":%s,\"key\":\"%s\",\"value\":%s}%n"
              .formatted(parts[0], parts[1], quoted(parts[2]));
      cli().runWithInput(json.getBytes(UTF_8), "produce", topic, "-f", "json").succeeded();
    }
  }

  private static List<String> replayed(String... arguments) {
    return cli().run(arguments).succeeded().lines();
  }

  @Test
  void fromADateTwiceGivesTheSameBytesInTheOrderOfTime() {
    byte[] first = cli().run("replay", COMMITS, "--from", date, "-f", "json").succeeded().out();
    byte[] second = cli().run("replay", COMMITS, "--from", date, "-f", "json").succeeded().out();

    assertThat(first).hasSizeGreaterThan(1_000).isEqualTo(second);
    List<Long> times =
        replayed("replay", COMMITS, "--from", date, "-f", "%T\\n").stream()
            .map(Long::valueOf)
            .toList();
    assertThat(times).allMatch(time -> time >= dateMillis);
    assertThat(times).isSortedAccordingTo(Comparator.naturalOrder());
  }

  @Test
  void twoHalvesAreTheWhole() {
    List<String> whole = replayed("replay", COMMITS, "-f", "%p:%o\\n");
    List<String> before = replayed("replay", COMMITS, "--to", date, "-f", "%p:%o\\n");
    List<String> after = replayed("replay", COMMITS, "--from", date, "-f", "%p:%o\\n");

    assertThat(before).isNotEmpty().doesNotContainAnyElementsOf(after);
    assertThat(before.size() + after.size()).isEqualTo(whole.size());
  }

  @Test
  void filtersByExpressionAndByKey() {
    create("filtered", "1000 a {\"n\":1}", "2000 b {\"n\":2}", "3000 a {\"n\":3}");
    assertThat(replayed("replay", "filtered", "--filter", "json.n > 1"))
        .containsExactly("{\"n\":2}", "{\"n\":3}");
    assertThat(replayed("replay", "filtered", "--key", "a"))
        .containsExactly("{\"n\":1}", "{\"n\":3}");
  }

  @Test
  void mergesTopicsAndStopsWhereAnExpressionIsTrue() {
    create("left", "1000 a l1", "3000 b l3", "5000 c l5");
    create("right", "2000 a r2", "3000 b r3", "4000 c r4");
    assertThat(replayed("replay", "right", "left"))
        .containsExactly("l1", "r2", "l3", "r3", "r4", "l5");

    Cli.Result result =
        cli().run("replay", "left", "right", "--until", "value == 'r3'").succeeded();

    assertThat(result.lines()).containsExactly("l1", "r2", "l3", "r3");
    assertThat(result.err())
        .contains("stopped after offset 0 of right/")
        .contains("--until is true");
  }

  @Test
  void stepsWaitForEnterAndEndWithQ() {
    create("stepped", "1000 a one", "2000 a two", "3000 a three");
    assertThat(
            cli()
                .runWithInput("\n\nq\n".getBytes(UTF_8), "replay", "stepped", "--step")
                .succeeded()
                .lines())
        .containsExactly("one", "two");
    assertThat(cli().run("replay", "stepped", "--step").succeeded().lines()).isEmpty();
  }

  @Test
  void aPaceIsKept() {
    create("paced", "1000 a one", "1400 a two");
    long started = System.nanoTime();
    assertThat(replayed("replay", "paced", "--speed", "2x")).containsExactly("one", "two");
    assertThat(System.nanoTime() - started).isGreaterThan(200_000_000);
  }

  @Test
  void aCommandGetsEachRecord() {
    create("executed", "1000 a one", "2000 b two");
    assertThat(
            replayed(
                "replay",
                "executed",
                "--exec",
                "echo $FUNES_TOPIC $FUNES_KEY $FUNES_OFFSET $FUNES_TIMESTAMP $(cat)"))
        .containsExactly("executed a 0 1000 one", "executed b 0 2000 two");
  }

  @Test
  void aCommandThatFailsEndsItAndTellsHowToGoOn() {
    create("failing", "1000 a one", "2000 b two", "3000 b three");
    Path done = folder.resolve("done");
    String command = "grep -q one || test -e " + done;

    Cli.Result result = cli().run("replay", "failing", "--exec", command);

    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.err())
        .contains("the command ended with exit code 1 for the record at offset 0 of failing/");
    String cut =
        result
            .err()
            .lines()
            .filter(line -> line.startsWith("to go on: "))
            .findFirst()
            .orElseThrow()
            .replaceAll(".*--from ", "");
    assertThat(replayed("replay", "failing", "--from", cut)).containsExactly("two", "three");
  }

  @Test
  void copiesIntoATopicOnce() {
    create("source", "1000 a one", "2000 b two", "3000 c three");
    cli().run("topic", "create", "target", "-p", "2").succeeded();

    Cli.Result first = cli().run("replay", "source", "--into", "target").succeeded();
    Cli.Result second = cli().run("replay", "source", "--into", "target").succeeded();

    assertThat(first.err()).contains("3 records copied into target, 0 were there; id ");
    assertThat(second.err()).contains("0 records copied into target, 3 were there; id ");
    assertThat(replayed("replay", "target")).containsExactly("one", "two", "three");
    assertThat(
            replayed("replay", "target", "--filter", "headers[\"funes-source-topic\"] == 'source'"))
        .hasSize(3);
    cli().run("replay", "source", "--into", "target", "--id", "other").succeeded();
    assertThat(replayed("replay", "target")).hasSize(6);
  }

  @Test
  void aGroupWithoutMembersIsMoved() {
    create("grouped", "1000 a one", "2000 b two", "3000 c three");
    cli().run("consume", "grouped", "-g", "readers", "-e").succeeded();

    Cli.Result result =
        cli()
            .run("replay", "grouped", "--from", "@2000", "--group", "readers", "--yes")
            .succeeded();

    assertThat(result.text()).contains("READ AGAIN");
    assertThat(result.err()).contains("'readers' has no members");
    assertThat(cli().run("consume", "grouped", "-g", "readers", "-e").succeeded().lines())
        .containsExactlyInAnyOrder("two", "three");
  }

  @Test
  void theMembersOfAGroupReadARangeAgain() throws Exception {
    create("shipped", "1000 a one", "2000 b two", "3000 c three", "4000 d four");
    Queue<String> read = new ConcurrentLinkedQueue<>();
    AtomicBoolean ended = new AtomicBoolean();
    ClientConfig config = ClientConfig.builder().servers(CLUSTER.addresses()).build();
    GroupOptions options = GroupOptions.builder().commitInterval(Duration.ofMillis(50)).build();
    Thread member =
        Thread.ofVirtual()
            .start(
                () -> {
                  try (Consumer consumer = Consumer.open(config, "shippers", options)) {
                    consumer.subscribe(Subscription.to("shipped"));
                    while (!ended.get()) {
                      consumer
                          .poll(Duration.ofMillis(100))
                          .forEach(record -> read.add(value(record)));
                    }
                  }
                });
    await().until(() -> read.size() == 4);

    Cli.Result result =
        cli().run("replay", "shipped", "--from", "@3000", "--group", "shippers", "--yes");

    assertThat(result.succeeded().err()).contains("'shippers' has read 2 records again");
    assertThat(read).hasSize(6);
    assertThat(read.stream().skip(4)).containsExactlyInAnyOrder("three", "four");
    ended.set(true);
    member.join();
  }

  private static String value(ConsumedRecord record) {
    return new String(Objects.requireNonNull(record.record().value()), UTF_8);
  }

  @Test
  void consumingFiltersToo() {
    create("consumed", "1000 a {\"n\":1}", "2000 b {\"n\":2}", "3000 a {\"n\":3}");
    assertThat(replayed("consume", "consumed", "-e", "--key", "a"))
        .containsExactlyInAnyOrder("{\"n\":1}", "{\"n\":3}");
    assertThat(replayed("consume", "consumed", "-e", "--filter", "json.n == 2"))
        .containsExactly("{\"n\":2}");
    cli()
        .run("consume", "consumed", "-e", "--filter", "json.n = 2")
        .failedWith(2, "filter 1:8: unexpected '='");
  }

  @Test
  void eachMistakeIsOneLine() {
    create("mistaken", "1000 a one");
    failed(2, "filter 1:5: unexpected '='", "--filter", "key = 'a'");
    failed(2, "--until 1:1: there is no 'keyy'", "--until", "keyy == 'a'");
    failed(2, "'fast' is no speed", "--speed", "fast");
    failed(2, "'0x' is no speed", "--speed", "0x");
    failed(2, "--from: 'noon' is no place", "--from", "noon");
    failed(2, "--from: 'mistaken/x=1' is not TOPIC/PARTITION=OFFSET", "--from", "mistaken/x=1");
    failed(2, "'other' is not among the topics", "--from", "other/0=1");
    failed(3, "no partition 9: 'mistaken' has 0 to 2", "--from", "mistaken/9=1");
    failed(3, "no topic 'nowhere'", "--into", "nowhere");
    failed(2, "'mistaken' is one of the topics", "--into", "mistaken");
    failed(2, "--from @-1h means something else a moment later", "--from", "@-1h", "--into", "x");
    failed(2, "--id is for --into", "--id", "x");
    failed(2, "--group: its members read all", "--group", "g", "--step");
    failed(3, "nobody", "--group", "nobody", "--yes");
    cli().run("replay", "nowhere").failedWith(3, "no topic 'nowhere'");
    cli()
        .run("replay", "mistaken", "--from", "mistaken/0=1", "--to", "mistaken/1=1")
        .failedWith(2, "have no partition in common");
  }

  private static void failed(int exitCode, String message, String... arguments) {
    String[] all = new String[arguments.length + 2];
    all[0] = "replay";
    all[1] = "mistaken";
    System.arraycopy(arguments, 0, all, 2, arguments.length);
    cli().run(all).failedWith(exitCode, message);
  }
}
