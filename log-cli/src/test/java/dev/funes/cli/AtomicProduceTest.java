package dev.funes.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.funes.cli.console.ExitCode;
import dev.funes.record.Murmur2;
import dev.funes.server.testing.FunesCluster;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code funes produce} where all of the input goes or none, and where it says what went where. */
class AtomicProduceTest {
  @RegisterExtension static final FunesCluster CLUSTER = FunesCluster.ofNodes(1);

  private Cli cli = new Cli("");
  private String topic = "";

  @BeforeEach
  void nameTheTopic(TestInfo test) {
    cli = new Cli(CLUSTER.addresses());
    topic = test.getTestMethod().orElseThrow().getName();
    cli.run("topic", "create", topic, "-p", "3").succeeded();
  }

  private Cli.Result produce(String input, String... options) {
    String[] args = new String[options.length + 2];
    args[0] = "produce";
    args[1] = topic;
    System.arraycopy(options, 0, args, 2, options.length);
    return cli.runWithInput(input.getBytes(UTF_8), args);
  }

  private List<String> consume(int partition) {
    return cli.run("consume", topic, "-e", "-p", Integer.toString(partition)).succeeded().lines();
  }

  @Test
  void appendsWhereThePartitionWasExpectedToEnd() {
    produce("a\nb\n", "-p", "1", "--expect-offset", "0").succeeded();
    produce("c\n", "-p", "1", "--expect-offset", "1")
        .failedWith(
            ExitCode.CONFLICT,
            "partition 1 of '" + topic + "' ends at 2, not at the expected 1; nothing was written");
    assertThat(
            produce("c\nd\n", "-p", "1", "--expect-offset", "2", "--report", "json")
                .succeeded()
                .lines())
        .containsExactly(
            "{\"line\":1,\"topic\":\"" + topic + "\",\"partition\":1,\"offset\":2}",
            "{\"line\":2,\"topic\":\"" + topic + "\",\"partition\":1,\"offset\":3}");
    cli.run("produce", topic, "e", "-p", "1", "--expect-offset", "4").succeeded();

    assertThat(consume(1)).containsExactly("a", "b", "c", "d", "e");
  }

  @Test
  void writesTheWholeInputToThePartitionOfItsKey() {
    produce("anna:1\nanna:2\n", "-K", ":", "--atomic").succeeded();

    assertThat(consume(Murmur2.partition("anna".getBytes(UTF_8), 3))).containsExactly("1", "2");
  }

  @Test
  void takesThePartitionThatJsonNames() {
    produce(
            "{\"partition\":2,\"value\":\"1\"}\n{\"partition\":2,\"value\":\"2\"}",
            "--atomic",
            "-f",
            "json")
        .succeeded();
    assertThat(consume(2)).containsExactly("1", "2");
    produce("{\"partition\":2}\n{\"partition\":1}", "--atomic", "-f", "json")
        .failedWith(
            ExitCode.USAGE, "line 2: it is for partition 1 and line 1 for partition 2, and one");
  }

  @Test
  void refusesWhatIsNoOneBatchAndWritesNothing() {
    String fields = "x".repeat(1_000_000) + "\n";
    produce("anna:1\nbert:2\n", "-K", ":", "--atomic")
        .failedWith(ExitCode.USAGE, "has 3: give -p, or the same key everywhere");
    produce("1\n2\n", "--atomic").failedWith(ExitCode.USAGE, "give -p, or the same key");
    produce("", "--atomic", "-p", "0").failedWith(ExitCode.USAGE, "the input is empty");
    produce("1\n", "--expect-offset", "0").failedWith(ExitCode.USAGE, "--expect-offset needs -p");
    produce("1\n", "--expect-offset", "-1", "-p", "0").failedWith(ExitCode.USAGE, "below 0: -1");
    produce("1\n", "--expect-offset", "x", "-p", "0").failedWith(ExitCode.USAGE, "--expect-offset");
    produce("1\n", "--report", "xml").failedWith(ExitCode.USAGE, "--report");
    produce("1\n", "--atomic", "-p", "3").failedWith(ExitCode.NOT_FOUND, "no partition 3");
    produce("{}\nnonsense", "--atomic", "-p", "0", "-f", "json")
        .failedWith(ExitCode.USAGE, "line 2: not JSON");
    produce(fields.repeat(5), "--atomic", "-p", "0")
        .failedWith(
            ExitCode.FAILED, "line 5: the input does not fit into one batch of 4194304 bytes");
    for (int partition = 0; partition < 3; partition++) {
      assertThat(consume(partition)).isEmpty();
    }
  }

  @Test
  void reportsWhereEachLineCameToLieInTheOrderOfTheInput() {
    StringBuilder input = new StringBuilder();
    for (int i = 0; i < 1_000; i++) {
      input.append("key").append(i).append(":value").append(i).append('\n');
    }

    List<String> report =
        produce(input.toString(), "-K", ":", "--report", "json").succeeded().lines();

    assertThat(report).hasSize(1_000);
    long[] next = new long[3];
    for (int i = 0; i < 1_000; i++) {
      int partition = Murmur2.partition(("key" + i).getBytes(UTF_8), 3);
      assertThat(report.get(i))
          .isEqualTo(
              "{\"line\":%d,\"topic\":\"%s\",\"partition\":%d,\"offset\":%d}"
                  .formatted(i + 1, topic, partition, next[partition]++));
    }
  }

  @Test
  void reportsTheRecordsBeforeTheOneThatFailed() {
    Cli.Result result =
        produce("{\"value\":\"1\"}\n{\"partition\":9}", "-f", "json", "--report", "json");

    assertThat(result.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(result.lines()).hasSize(1).first().asString().startsWith("{\"line\":1,");
  }
}
