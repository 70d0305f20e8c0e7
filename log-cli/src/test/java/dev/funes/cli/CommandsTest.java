package dev.funes.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.funes.cli.console.ExitCode;
import dev.funes.server.testing.FunesCluster;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Every client command against three real nodes. */
class CommandsTest {
  @RegisterExtension static final FunesCluster CLUSTER = FunesCluster.ofNodes(3);

  @TempDir Path directory;
  private Cli cli = new Cli("");
  private String topic = "";

  @BeforeEach
  void nameTheTopic(TestInfo test) {
    cli = new Cli(CLUSTER.addresses());
    topic = test.getTestMethod().orElseThrow().getName();
  }

  private void create(int partitions) {
    cli.run("topic", "create", topic, "-p", Integer.toString(partitions), "--retention", "forever")
        .succeeded();
  }

  private List<String> consume(String... options) {
    String[] args = new String[options.length + 3];
    args[0] = "consume";
    args[1] = topic;
    args[2] = "-e";
    System.arraycopy(options, 0, args, 3, options.length);
    return cli.run(args).succeeded().lines();
  }

  @Test
  void topicsAreCreatedShownChangedAndDeleted() {
    assertThat(cli.run("topic", "create", topic, "-p", "6").succeeded().text())
        .isEqualTo("created topic " + topic + " with 6 partitions\n");
    cli.run("topic", "create", topic).failedWith(ExitCode.CONFLICT, topic);
    assertThat(cli.run("topic", "create", topic, "--if-not-exists").succeeded().text())
        .contains("there is topic " + topic + " with 6 partitions");

    assertThat(cli.run("topic", "list").succeeded().lines())
        .anyMatch(line -> line.startsWith(topic + " "));
    assertThat(cli.run("topic", "list", "-f", "json").succeeded().lines())
        .anyMatch(line -> line.startsWith("{\"name\":\"" + topic + "\"") && line.endsWith("}"));

    assertThat(cli.run("topic", "alter", topic, "--retention", "30d").succeeded().text())
        .contains("retention 30d, retention-bytes unbounded, segment-bytes 256.0 MiB");
    assertThat(cli.run("topic", "describe", topic).succeeded().lines())
        .hasSize(8)
        .first()
        .asString()
        .contains("retention 30d");
    assertThat(cli.run("topic", "describe", topic, "-f", "json").succeeded().text())
        .contains("\"partitionList\":[{\"partition\":0,\"leader\":");

    cli.run("topic", "delete", topic).failedWith(ExitCode.USAGE, "--yes");
    cli.run("topic", "delete", topic, "--yes").succeeded();
    cli.run("topic", "describe", topic).failedWith(ExitCode.NOT_FOUND, topic);
  }

  @Test
  void refusesNamesThatNoTopicMayHave() {
    for (String name : List.of("a/b", "..", ".", "a\nb", "ä", "", "x".repeat(250))) {
      Cli.Result result = cli.run("topic", "create", name);

      assertThat(result.exitCode()).as("%s: %s", name, result.err()).isEqualTo(ExitCode.USAGE);
      assertThat(result.err().lines()).as(result.err()).hasSize(1);
    }
    cli.run("topic", "create", topic, "-p", "0").failedWith(ExitCode.USAGE, "0");
  }

  @Test
  void suggestsTheTopicThatWasMeant() {
    create(1);

    for (String command : List.of("produce", "consume")) {
      cli.run(command, topic + "s").failedWith(ExitCode.NOT_FOUND, "did you mean '" + topic + "'?");
    }
    cli.run("topic", "delete", topic + "s", "--yes")
        .failedWith(ExitCode.NOT_FOUND, "did you mean '" + topic + "'?");
  }

  @Test
  void whatGoesInAsLinesComesOutAsLines() {
    create(1);
    byte[] input = "one\n\ntwo\r\n\0\u00ff\nlast".getBytes(UTF_8);

    cli.runWithInput(input, "produce", topic).succeeded();

    assertThat(cli.run("consume", topic, "-e").succeeded().text())
        .isEqualTo(new String(input, UTF_8) + "\n");
    assertThat(cli.run("consume", topic, "-e", "-f", "raw").succeeded().text())
        .isEqualTo("onetwo\r\0\u00fflast");
  }

  @Test
  void takesValuesKeysHeadersAndAPartition() {
    create(3);

    cli.run("produce", topic, "a=1", "b", "-K", "=", "-H", "n=v", "-H", "m=x=y", "-p", "2")
        .succeeded();

    assertThat(consume("-p", "2", "-f", "%p %o %k|%v|%h\\n"))
        .containsExactly("2 0 a|1|n=v,m=x=y", "2 1 |b|n=v,m=x=y");
    assertThat(consume("-p", "0")).isEmpty();
    cli.run("consume", topic, "-p", "3").failedWith(ExitCode.NOT_FOUND, "no partition 3");
    cli.run("produce", topic, "x", "-p", "3").failedWith(ExitCode.NOT_FOUND, "no partition 3");
  }

  @Test
  void readsFilesWithEveryCodec() throws IOException {
    create(1);
    for (String codec : List.of("none", "gzip", "snappy", "lz4", "zstd")) {
      Path file = Files.writeString(directory.resolve(codec), codec.repeat(50) + "\n");
      cli.run("produce", topic, "--file", file.toString(), "--compression", codec).succeeded();
    }

    assertThat(consume())
        .containsExactly(
            "none".repeat(50),
            "gzip".repeat(50),
            "snappy".repeat(50),
            "lz4".repeat(50),
            "zstd".repeat(50));
  }

  @Test
  void startsWhereItIsTold() {
    create(1);
    String json =
        """
        {"value":"v0","timestamp":1000}
        {"value":"v1","timestamp":2000}
        {"value":"v2","timestamp":3000}
        """;
    cli.runWithInput(json.getBytes(UTF_8), "produce", topic, "-f", "json").succeeded();

    assertThat(consume("-o", "start")).containsExactly("v0", "v1", "v2");
    assertThat(consume("-o", "1")).containsExactly("v1", "v2");
    assertThat(consume("-o", "3")).isEmpty();
    assertThat(consume("-o", "end")).isEmpty();
    assertThat(consume("-o", "-1")).containsExactly("v2");
    assertThat(consume("-o", "-9")).containsExactly("v0", "v1", "v2");
    assertThat(consume("--tail", "2")).containsExactly("v1", "v2");
    assertThat(consume("-o", "@1500")).containsExactly("v1", "v2");
    assertThat(consume("-o", "@1970-01-01T00:00:03Z")).containsExactly("v2");
    assertThat(consume("-o", "@-1h")).isEmpty();
    assertThat(consume("-n", "2")).containsExactly("v0", "v1");
    assertThat(consume("-n", "0")).isEmpty();
    cli.run("consume", topic, "-e", "-o", "4").failedWith(ExitCode.NOT_FOUND, "goes from 0 to 3");
  }

  @Test
  void groupsReadOnWhereTheyWereAndCanBeMoved() {
    create(2);
    String group = topic + "-group";
    for (int partition = 0; partition < 2; partition++) {
      cli.run("produce", topic, "a", "b", "c", "-p", Integer.toString(partition)).succeeded();
    }

    assertThat(consume("-g", group, "-p", "0", "-n", "2")).containsExactly("a", "b");
    assertThat(consume("-g", group, "-f", "%p%v\\n"))
        .containsExactlyInAnyOrder("0c", "1a", "1b", "1c");
    assertThat(consume("-g", group)).isEmpty();
    assertThat(cli.run("offsets", "show", group).succeeded().lines())
        .anyMatch(line -> line.matches(topic + "/0 +3 +3 +0 +0s .*"))
        .anyMatch(line -> line.matches(topic + "/1 +3 +3 +0 +0s .*"));
    assertThat(cli.run("offsets", "show").succeeded().lines()).contains(group);

    assertThat(cli.run("offsets", "reset", group, "--to", "1", "--dry-run").succeeded().lines())
        .anyMatch(line -> line.matches(topic + "/0 +3 +1 +2 +0"));
    assertThat(consume("-g", group)).as("a dry run moves nothing").isEmpty();

    cli.run("offsets", "reset", group, "--shift-by", "-1", "--topic", topic + ":1").succeeded();
    assertThat(consume("-g", group, "-f", "%p%v\\n")).containsExactly("1c");
    cli.run("offsets", "commit", group, topic + "/0=1").succeeded();
    assertThat(consume("-g", group, "-f", "%p%v\\n")).containsExactly("0b", "0c");
    cli.run("offsets", "show", group + "s").failedWith(ExitCode.NOT_FOUND, "did you mean");
    cli.run("offsets", "reset", "nobody", "--to", "start").failedWith(ExitCode.NOT_FOUND, "nobody");
  }

  @Test
  void jsonGoesRoundByteForByte() {
    create(3);
    String copy = topic + "-copy";
    cli.run("topic", "create", copy, "-p", "3", "--retention", "forever").succeeded();
    String json =
        """
        {"partition":2,"timestamp":5,"key":null,"value":null,"headers":[]}
        {"partition":0,"timestamp":6,"key":"k\\u0000\\n","value_base64":"AP+A","headers":[]}
        {"partition":1,"timestamp":7,"key_base64":"//8=","value":"","headers":[{"name":"h","value":null}]}
        {"partition":1,"timestamp":8,"key":"","value":"ü","headers":[{"name":"h","value_base64":"/w=="}]}
        """;
    cli.runWithInput(json.getBytes(UTF_8), "produce", topic, "-f", "json").succeeded();

    byte[] printed = cli.run("consume", topic, "-e", "-f", "json").succeeded().out();
    cli.runWithInput(printed, "produce", copy, "-f", "json").succeeded();

    String copied = cli.run("consume", copy, "-e", "-f", "json").succeeded().text();
    assertThat(copied.replace(copy, topic).lines())
        .hasSize(4)
        .containsExactlyInAnyOrderElementsOf(new String(printed, UTF_8).lines().toList());
  }

  @Test
  void namesTheLineThatIsNoRecordAndWritesThoseBefore() {
    create(1);
    String json = "{\"value\":\"good\"}\n{\"value\":7}\n{\"value\":\"later\"}\n";
    String tooFar = "{\"value\":\"good\"}\n{\"partition\":1,\"value\":\"x\"}\n";

    cli.runWithInput(json.getBytes(UTF_8), "produce", topic, "-f", "json")
        .failedWith(ExitCode.USAGE, "line 2: \"value\" must be a string");
    cli.runWithInput(tooFar.getBytes(UTF_8), "produce", topic, "-f", "json")
        .failedWith(ExitCode.USAGE, "line 2: no partition 1");

    assertThat(consume()).containsExactly("good", "good");
  }

  @Test
  void namesTheLineThatIsTooLargeAndTheLimit() {
    create(1);
    String large = "x".repeat((1 << 20) + 1);

    Cli.Result result =
        cli.runWithInput(("small\n" + large + "\n").getBytes(UTF_8), "produce", topic);

    result.failedWith(ExitCode.FAILED, "line 2: ");
    assertThat(result.err()).contains(Integer.toString(1 << 20));
    assertThat(consume()).containsExactly("small");
    cli.run("produce", topic, "and it goes on").succeeded();
  }

  @Test
  void tellsHowTheClusterFares() {
    assertThat(cli.run("cluster", "status", "--wait-healthy").succeeded().text())
        .startsWith("healthy: ")
        .contains("3 of 3 nodes");
    assertThat(cli.run("cluster", "status", "-f", "json").succeeded().text())
        .contains("\"healthy\":true", "\"problems\":[]");
    assertThat(cli.run("cluster", "describe").succeeded().text())
        .contains("NODE", "RAFT GROUP", "metadata", CLUSTER.address(1));
    assertThat(cli.run("cluster", "describe", "-f", "json").succeeded().lines()).hasSize(1);
  }

  @Test
  void readsAllSegmentsAgainAndRepairsThem() throws IOException {
    create(1);
    for (String value : List.of("first", "second", "third")) {
      cli.run("produce", topic, value).succeeded();
    }
    await().untilAsserted(() -> assertThat(digest(1)).isEqualTo(digest(2)));
    Path segment = folder(2).resolve("00000000000000000000.log");
    byte[] right = Files.readAllBytes(segment);
    byte[] rotten = right.clone();
    rotten[right.length - 2] ^= 4;
    Files.write(segment, rotten);

    String text = cli.run("cluster", "scrub").succeeded().text();

    assertThat(text.lines()).hasSize(4);
    assertThat(text).contains("NODE", "SEGMENTS LEFT DAMAGED");
    assertThat(Files.readAllBytes(segment)).isEqualTo(right);
    assertThat(cli.run("cluster", "scrub", "--node", "2", "-f", "json").succeeded().text())
        .contains("\"node\":2", "\"running\":false", "\"repairedBatches\":1")
        .doesNotContain("\"node\":1");
    assertThat(cli.run("cluster", "scrub", "--node", "3", "--no-wait").succeeded().text())
        .contains("[3]");
    assertThat(cli.run("cluster", "describe").succeeded().text())
        .contains("DAMAGED", "1 (repaired)");
    cli.run("cluster", "scrub", "--node", "9").failedWith(ExitCode.USAGE, "node_id");
    cli.run("cluster", "scrub", "--node", "0").failedWith(ExitCode.USAGE, "--node must");
  }

  @Test
  void replicasHaveTheSameDigestAndDamageIsFound() throws IOException {
    create(1);
    for (String value : List.of("first", "second", "third")) {
      cli.run("produce", topic, value).succeeded();
    }
    await()
        .untilAsserted(
            () -> {
              String first = digest(1);
              assertThat(digest(2)).isEqualTo(first);
              assertThat(digest(3)).isEqualTo(first);
            });
    Path segment = copySegment(folder(1));

    assertThat(cli.run("dump", segment.toString()).succeeded().text())
        .contains("0 - 0", "2 - 2", "none");
    assertThat(cli.run("dump", segment.toString(), "-f", "json").succeeded().lines())
        .hasSize(3)
        .first()
        .asString()
        .contains("\"baseOffset\":0", "\"records\":1", "\"codec\":\"none\"");
    assertThat(cli.run("dump", segment.toString(), "--records").succeeded().lines())
        .hasSize(3)
        .last()
        .asString()
        .endsWith("third");

    assertThat(
            cli.run("verify", directory.toString(), "--digest-every", "1000", "-f", "json")
                .succeeded()
                .text())
        .containsPattern(
            "\"digests\":\\[\\{\"startOffset\":0,\"endOffset\":3,\"sha256\":\"[0-9a-f]{64}\"}]");

    flipByte(segment, 100);

    Cli.Result damaged = cli.run("verify", directory.toString());
    assertThat(damaged.exitCode()).isEqualTo(ExitCode.FAILED);
    assertThat(damaged.text()).contains("DAMAGED", segment.toString(), "byte", "1 damaged");
    assertThat(cli.run("dump", segment.toString()).exitCode()).isEqualTo(ExitCode.FAILED);
  }

  private String digest(int node) throws IOException {
    String line = cli.run("verify", folder(node).toString(), "-f", "json").succeeded().text();
    assertThat(line).contains("\"endOffset\":3", "\"whole\":true");
    return line.replaceFirst("(?s).*\"sha256\":\"([0-9a-f]{64})\".*", "$1");
  }

  /** Where a node keeps the one partition of the topic. */
  private Path folder(int node) throws IOException {
    try (Stream<Path> files = Files.walk(CLUSTER.node(node).config().data())) {
      return files
          .filter(file -> file.getFileName().toString().startsWith(topic + "-0."))
          .findFirst()
          .orElseThrow(() -> new AssertionError("no folder of " + topic + " on node " + node));
    }
  }

  private Path copySegment(Path folder) throws IOException {
    String name = "00000000000000000000.log";
    Path copy = Files.createDirectories(directory.resolve(topic + "-0.1")).resolve(name);
    return Files.copy(folder.resolve(name), copy);
  }

  private static void flipByte(Path file, long position) throws IOException {
    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
      bytes.seek(position);
      int old = bytes.read();
      bytes.seek(position);
      bytes.write(old ^ 1);
    }
  }
}
