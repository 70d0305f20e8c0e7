package dev.funes.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.funes.cli.console.ExitCode;
import dev.funes.client.ClientConfig;
import dev.funes.server.testing.FunesCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.HdrHistogram.EncodableHistogram;
import org.HdrHistogram.HistogramLogReader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The measuring commands against three real nodes: what is counted, never how fast it was. */
class PerfCommandsTest {
  @RegisterExtension static final FunesCluster CLUSTER = FunesCluster.ofNodes(3);

  @TempDir Path directory;
  private Cli cli = new Cli("");
  private String topic = "";

  @BeforeEach
  void nameTheTopic(TestInfo test) {
    cli = new Cli(CLUSTER.addresses());
    topic = test.getTestMethod().orElseThrow().getName();
  }

  @AfterEach
  void nothingIsLeftBehind() {
    assertThat(cli.run("topic", "list").succeeded().text()).doesNotContain("perf-");
  }

  /** Runs with two partitions and without a warm-up, unless the words say otherwise. */
  private Cli.Result perf(String... words) {
    List<String> args = new ArrayList<>(List.of("perf"));
    args.addAll(List.of(words));
    if (!args.contains("topics")) {
      addDefault(args, "--warm-up", "0s");
    }
    addDefault(args, "--partitions", "2");
    return cli.run(args.toArray(String[]::new));
  }

  private static void addDefault(List<String> args, String option, String value) {
    if (!args.contains(option)) {
      args.add(option);
      args.add(value);
    }
  }

  private static JsonNode json(Cli.Result result) throws IOException {
    assertThat(result.lines()).as("one object on standard output").hasSize(1);
    return new ObjectMapper().readTree(result.text());
  }

  private JsonNode perfJson(String... words) throws IOException {
    List<String> args = new ArrayList<>(List.of(words));
    args.add("-f");
    args.add("json");
    return json(perf(args.toArray(String[]::new)).succeeded());
  }

  private int recordsIn(String name) {
    return cli.run("consume", name, "-e", "-f", "%p\\n").succeeded().lines().size();
  }

  private static void assertRisingLatency(JsonNode result) {
    JsonNode latency = result.get("latency_ms");
    double before = 0;
    for (String name : List.of("p50", "p90", "p95", "p99", "p99_9", "p99_99", "max")) {
      assertThat(latency.get(name).asDouble()).as(name).isGreaterThanOrEqualTo(before).isPositive();
      before = latency.get(name).asDouble();
    }
    assertThat(latency.get("mean").asDouble()).isPositive().isLessThanOrEqualTo(before);
  }

  @Test
  void produceCountsWhatItHasWritten() throws IOException {
    JsonNode result = perfJson("produce", topic, "--records", "500", "--record-size", "100");

    assertThat(result.get("scenario").asText()).isEqualTo("produce");
    assertThat(result.get("topic").asText()).isEqualTo(topic);
    assertThat(result.get("records").asLong()).isEqualTo(500);
    assertThat(result.get("bytes").asLong()).isEqualTo(50_000);
    assertThat(result.get("failed").asLong()).isZero();
    assertThat(result.get("not_sent").asLong()).isZero();
    assertThat(result.get("seconds").asDouble()).isPositive();
    assertThat(result.get("records_per_s").asDouble() * result.get("seconds").asDouble())
        .isBetween(490.0, 510.0);
    assertRisingLatency(result);
    assertThat(result.get("longest_gap_ms").asDouble()).isPositive();
    assertThat(result.at("/cpu/client_s").isNumber()).isTrue();
    assertThat(result.at("/cpu/nodes_s").isMissingNode()).isTrue();
    JsonNode settings = result.get("settings");
    assertThat(settings.get("records").asLong()).isEqualTo(500);
    assertThat(settings.get("record_size").asLong()).isEqualTo(100);
    assertThat(settings.get("partitions").asInt()).isEqualTo(2);
    assertThat(settings.get("replication_factor").asInt()).isEqualTo(3);
    assertThat(settings.get("compression").asText())
        .isEqualTo(ClientConfig.builder().build().compression().lowerCaseName());
    assertThat(List.of("funes", "java", "os", "cpus", "started")).allMatch(result::has);
    assertThat(recordsIn(topic)).as("a topic that was named is left").isEqualTo(500);
  }

  @Test
  void theWarmUpIsNotCounted() throws IOException {
    JsonNode result =
        perfJson("produce", topic, "--records", "100", "--warm-up", "300ms", "--rate", "1000");

    assertThat(result.get("records").asLong()).isEqualTo(100);
    assertThat(recordsIn(topic)).isGreaterThan(100);
  }

  @Test
  void severalClientsShareRecordsRateAndKeys() throws IOException {
    JsonNode result =
        perfJson(
            "produce",
            topic,
            "--records",
            "101",
            "--clients",
            "4",
            "--rate",
            "2000",
            "--keys",
            "7",
            "--record-size",
            "10");

    assertThat(result.get("records").asLong()).isEqualTo(101);
    assertThat(result.get("bytes").asLong()).as("with keys of 8 bytes").isEqualTo(101 * 18);
    assertThat(result.at("/settings/rate").asLong()).isEqualTo(2_000);
    assertThat(new HashSet<>(cli.run("consume", topic, "-e", "-f", "%k\\n").succeeded().lines()))
        .hasSize(7);
  }

  @Test
  void aDurationEndsIt() throws IOException {
    JsonNode result = perfJson("produce", "--duration", "300ms", "--rate", "100");

    assertThat(result.get("records").asLong() + result.get("not_sent").asLong()).isEqualTo(30);
    assertThat(result.at("/settings/duration_ms").asLong()).isEqualTo(300);
  }

  @Test
  void linesOfAFileAreSentOverAndOver() throws IOException {
    Path file = Files.writeString(directory.resolve("lines"), "one\ntwo\nthree\n");

    perfJson(
        "produce",
        topic,
        "--records",
        "5",
        "--payload-file",
        file.toString(),
        "--partitions",
        "1",
        "--compression",
        "zstd");

    assertThat(cli.run("consume", topic, "-e").succeeded().lines())
        .containsExactly("one", "two", "three", "one", "two");
  }

  @Test
  void aTopicThatExistsIsUsedAsItIsAndAnUnnamedOneIsDeletedUnlessKept() throws IOException {
    cli.run("topic", "create", topic, "-p", "3").succeeded();
    JsonNode result = perfJson("produce", topic, "--records", "10");
    assertThat(result.at("/settings/partitions").asInt()).isEqualTo(3);

    String unnamed = perfJson("produce", "--records", "10").get("topic").asText();
    cli.run("topic", "describe", unnamed).failedWith(ExitCode.NOT_FOUND, unnamed);

    String kept = perfJson("produce", "--records", "10", "--keep").get("topic").asText();
    assertThat(recordsIn(kept)).isEqualTo(10);
    cli.run("topic", "delete", kept, "--yes").succeeded();
  }

  @Test
  void aSummaryIsForPeople() {
    assertThat(perf("produce", topic, "--records", "20", "--plot", "-").succeeded().text())
        .contains("produce " + topic + ": 20 records, 20.0 KiB in ")
        .contains("records/s", "p99.9 ", "longest gap", "CPU of the client")
        .contains("latency in ms by percentile");
  }

  @Test
  void failedRecordsAreCountedAndTheFirstIsTold() throws IOException {
    Cli.Result result =
        perf("produce", topic, "--records", "3", "--record-size", "1MiB", "-f", "json");

    result.failedWith(ExitCode.FAILED, "3 records failed, the first: a record may have");
    assertThat(json(result).get("failed").asLong()).isEqualTo(3);
    assertThat(json(result).get("records").asLong()).isZero();
    perf("e2e", topic, "--records", "1", "--record-size", "1MiB")
        .failedWith(ExitCode.FAILED, "1 record failed");
  }

  @Test
  void aWarmUpThatFailsEndsTheRun() {
    Cli.Result result =
        perf("produce", topic, "--records", "3", "--record-size", "1MiB", "--warm-up", "100ms");

    result.failedWith(ExitCode.FAILED, "failed, the first: a record may have");
    assertThat(result.out()).isEmpty();
  }

  @Test
  void allLatenciesGoToFilesAndToAPicture() throws IOException {
    Path log = directory.resolve("run.hlog");
    Path text = directory.resolve("run.hgrm");
    Path picture = directory.resolve("run.svg");

    perf("produce", "--records", "200", "--hist", log.toString(), "--plot", picture.toString())
        .succeeded();
    perf("e2e", "--records", "50", "--hist", text.toString()).succeeded();

    long logged = 0;
    try (HistogramLogReader reader = new HistogramLogReader(log.toFile())) {
      for (EncodableHistogram next = reader.nextIntervalHistogram();
          next != null;
          next = reader.nextIntervalHistogram()) {
        logged += ((org.HdrHistogram.Histogram) next).getTotalCount();
      }
    }
    assertThat(logged).isEqualTo(200);
    assertThat(Files.readString(text)).contains("Percentile", "Total count    =           50");
    assertThat(Files.readString(picture)).startsWith("<svg").contains("perf produce");
  }

  @Test
  void measuresProcesses() throws IOException {
    String self = Long.toString(ProcessHandle.current().pid());

    JsonNode cpu = perfJson("produce", "--records", "100", "--pid", self + "," + self).get("cpu");

    assertThat(cpu.get("pids")).hasSize(2).allMatch(pid -> pid.asText().equals(self));
    assertThat(cpu.get("nodes_s").asDouble()).isNotNegative();
    assertThat(cpu.has("nodes_s_per_gb")).isTrue();
    assertThat(cpu.get("nodes_rss_mib")).hasSize(2).allMatch(mib -> mib.asDouble() > 1);
  }

  @Test
  void refusesToMeasureAnotherReplicationFactor() {
    perf("produce", "--records", "1", "--replication-factor", "2")
        .failedWith(ExitCode.CONFLICT, "--replication-factor 2: the topic has 3");
    perf("produce", "--records", "1", "--replication-factor", "3").succeeded();
  }

  @Test
  void everythingThatWasSentIsReceived() throws IOException {
    cli.run("topic", "create", topic, "-p", "2").succeeded();
    cli.run("produce", topic, "an older record").succeeded();

    JsonNode result =
        perfJson(
            "e2e",
            topic,
            "--records",
            "200",
            "--rate",
            "1000",
            "--clients",
            "3",
            "--warm-up",
            "200ms");

    assertThat(result.get("scenario").asText()).isEqualTo("e2e");
    assertThat(result.get("records").asLong()).isEqualTo(200);
    assertThat(result.get("bytes").asLong()).isEqualTo(200 * 1_024);
    assertThat(result.get("failed").asLong()).isZero();
    assertRisingLatency(result);
  }

  @Test
  void oneAtATimeEachRecordWaitsForTheOneBefore() throws IOException {
    JsonNode result =
        perfJson("e2e", "--records", "20", "--one-at-a-time", "--linger", "0ms", "--keys", "3");

    assertThat(result.get("records").asLong()).isEqualTo(20);
    assertThat(result.at("/settings/one_at_a_time").asBoolean()).isTrue();
    assertThat(result.at("/settings/linger_ms").asLong()).isZero();
  }

  @Test
  void consumeFillsANewTopicAndReadsAllOfIt() throws IOException {
    JsonNode result =
        perfJson("consume", "--records", "1000", "--record-size", "50", "--warm-up", "200ms");

    assertThat(result.get("scenario").asText()).isEqualTo("consume");
    assertThat(result.get("records").asLong()).isEqualTo(1_000);
    assertThat(result.get("bytes").asLong()).isEqualTo(50_000);
    assertThat(result.get("first_record_ms").asDouble()).isPositive();
    assertThat(result.has("latency_ms")).isFalse();
  }

  @Test
  void consumeReadsWhatIsThere() throws IOException {
    perfJson("produce", topic, "--records", "300");

    assertThat(perfJson("consume", topic, "--clients", "5").get("records").asLong()).isEqualTo(300);
    assertThat(perfJson("consume", topic, "--records", "70").get("records").asLong()).isEqualTo(70);
    assertThat(perfJson("consume", topic, "--from", "-10").get("records").asLong()).isEqualTo(20);
    assertThat(perfJson("consume", topic, "--from", "end").get("records").asLong()).isZero();
    assertThat(recordsIn(topic)).as("nothing was filled in").isEqualTo(300);
  }

  @Test
  void topicsAreCreatedDescribedAndDeleted() throws IOException {
    JsonNode result = perfJson("topics", "--topics", "3", "--partitions", "4");

    assertThat(result.get("scenario").asText()).isEqualTo("topics");
    assertThat(result.get("topics").asInt()).isEqualTo(3);
    assertThat(result.get("partitions").asInt()).isEqualTo(4);
    assertThat(List.of("create_ms", "describe_ms", "delete_ms"))
        .allSatisfy(name -> assertThat(result.get(name).asDouble()).as(name).isPositive());
    assertThat(perf("topics").succeeded().text()).contains("topics: 1 with 2 partitions each");
  }

  @Test
  void comparesWithAnEarlierRun() throws IOException {
    Path file = directory.resolve("earlier.json");
    Files.write(file, perf("produce", "--records", "40", "-f", "json").succeeded().out());
    String earlier = file.toString();

    JsonNode compare = perfJson("produce", "--records", "80", "--compare", earlier).get("compare");
    assertThat(compare.get("file").asText()).isEqualTo(earlier);
    assertThat(compare.at("/figures/records/ratio").asDouble()).isEqualTo(2);
    assertThat(compare.get("figures").has("latency_ms.p99_99")).isTrue();
    assertThat(compare.get("different_settings")).hasSize(1);

    assertThat(perf("produce", "--records", "40", "--compare", earlier).succeeded().text())
        .contains("compared with " + earlier)
        .containsPattern("bytes +40,960 +40,960 +1.000");
    perf("topics", "--compare", earlier)
        .failedWith(ExitCode.USAGE, "is of perf produce, and this is perf topics");
  }
}
