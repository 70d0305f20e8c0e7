package dev.funes.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.funes.client.Admin;
import dev.funes.client.ClientConfig;
import dev.funes.client.ConsumedRecord;
import dev.funes.client.ErrorCode;
import dev.funes.client.FunesException;
import dev.funes.client.LogPosition;
import dev.funes.client.Producer;
import dev.funes.client.ProducerRecord;
import dev.funes.client.ReplayCopy;
import dev.funes.client.TopicPartition;
import dev.funes.client.TopicSettings;
import dev.funes.record.Header;
import dev.funes.server.testing.FunesCluster;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A copy has each record once, in the same order, however often it is killed. */
class ReplayCopyTest {
  @RegisterExtension static final FunesCluster CLUSTER = FunesCluster.ofNodes(3);

  private static final int PARTITIONS = 4;
  private static final long START = 1_700_000_000_000L;

  private final long seed = Long.getLong("funes.seed", System.nanoTime());
  private final Random random = new Random(seed);
  private Admin admin;

  @BeforeEach
  void open() {
    System.out.println("seed " + seed);
    admin = Admin.open(config());
  }

  @AfterEach
  void close() {
    admin.close();
  }

  @Test
  void copiesEachRecordOnceWithItsOrigin() {
    fill("origin", 500);
    create("origin-copy", PARTITIONS);

    copy("origin", "origin-copy");

    assertWhole("origin", "origin-copy");
    ConsumedRecord first = read("origin-copy").getFirst();
    Map<String, String> headers = new HashMap<>();
    for (Header header : first.record().headers()) {
      byte[] value = header.value();
      headers.put(header.name(), value == null ? "" : new String(value, UTF_8));
    }
    assertThat(headers)
        .containsEntry("own", "header")
        .containsEntry("funes-source-topic", "origin")
        .containsEntry("funes-replay", CopyProcess.ID)
        .containsKeys("funes-source-partition", "funes-source-offset")
        .containsEntry("funes-source-timestamp", "" + first.record().timestampMillis());
  }

  @Test
  void aSecondCopyOfTheSameIdAddsNothing() {
    fill("again", 300);
    create("again-copy", PARTITIONS);
    copy("again", "again-copy");
    List<ConsumedRecord> before = read("again-copy");

    copy("again", "again-copy");

    assertThat(read("again-copy")).isEqualTo(before);
  }

  @Test
  void whatCameMeanwhileIsAddedByTheNextCopy() {
    fill("grown", 300);
    create("grown-copy", PARTITIONS);
    copy("grown", "grown-copy");
    send("grown", 200);

    copy("grown", "grown-copy");

    assertWhole("grown", "grown-copy");
  }

  @Test
  void othersMayWriteToTheTarget() {
    fill("shared", 600);
    create("shared-copy", PARTITIONS);
    CompletableFuture<Void> other =
        CompletableFuture.runAsync(
            () -> {
              try (Producer producer = Producer.open(config())) {
                for (int i = 0; i < 200; i++) {
                  var _ =
                      producer
                          .send(TestClients.record("shared-copy", i % PARTITIONS, "foreign"))
                          .join();
                }
              }
            });

    copy("shared", "shared-copy");
    other.join();

    assertWhole("shared", "shared-copy");
    assertThat(read("shared-copy")).hasSize(600 + 200);
  }

  @Test
  void twoOfTheSameIdAtOnceMakeOneCopy() {
    fill("raced", 1_000);
    create("raced-copy", PARTITIONS);

    List<CompletableFuture<Void>> copies =
        IntStream.range(0, 3)
            .mapToObj(i -> CompletableFuture.runAsync(() -> copy("raced", "raced-copy")))
            .toList();
    copies.forEach(CompletableFuture::join);

    assertWhole("raced", "raced-copy");
  }

  @Test
  void aProcessThatIsKilledAgainAndAgainLeavesNoGapAndNoDouble() throws Exception {
    int count = 40_000; // so many that a copy is still at it when it is looked at
    fill("killed", count);
    create("killed-copy", PARTITIONS);
    create("killed-model", PARTITIONS);
    int kills = 0;
    for (int i = 0; i < 5; i++) {
      long target = copied("killed-copy") + 1 + random.nextInt(count / 100);
      Process process = start("killed", "killed-copy");
      await()
          .atMost(Duration.ofSeconds(60))
          .pollInterval(Duration.ofMillis(5))
          .until(() -> !process.isAlive() || copied("killed-copy") >= target);
      kills += process.isAlive() ? 1 : 0;
      process.destroyForcibly().waitFor();
    }
    assertThat(kills).as("processes killed before they were done").isGreaterThan(2);

    copy("killed", "killed-copy");

    assertWhole("killed", "killed-copy");
    copy("killed", "killed-model");
    assertThat(values(read("killed-copy"))).isEqualTo(values(read("killed-model")));
  }

  @Test
  void whatCannotBeCopiedIsSaid() {
    assertThatThrownBy(() -> ReplayCopy.open(config(), "nowhere", "id"))
        .isInstanceOfSatisfying(
            FunesException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNKNOWN_TOPIC));
    assertThatThrownBy(() -> ReplayCopy.open(config(), "nowhere", "an id"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("id: 'an id' is not 1 to 100 of [a-zA-Z0-9._-]");
    create("large", 1);
    create("large-copy", 1);
    try (Producer producer = Producer.open(config())) {
      byte[] value = new byte[(1 << 20) - 40];
      producer.send(ProducerRecord.of("large", null, value)).join();
    }
    assertThatThrownBy(() -> copy("large", "large-copy"))
        .isInstanceOfSatisfying(
            FunesException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.RECORD_TOO_LARGE))
        .hasMessageContaining("offset 0 of large-0");
  }

  private static Process start(String source, String target) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "--sun-misc-unsafe-memory-access=allow",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            CopyProcess.class.getName(),
            CLUSTER.addresses(),
            source,
            target)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  private static void copy(String source, String target) {
    CopyProcess.copy(config(), List.of(source), target);
  }

  private long copied(String topic) {
    return admin.cut(List.of(topic), new LogPosition.End()).offsets().values().stream()
        .mapToLong(Long::longValue)
        .sum();
  }

  /** Every record of the source once, those of a key or a partition in their order. */
  private void assertWhole(String source, String target) {
    Map<String, List<String>> expected = byOrigin(read(source));
    Map<String, List<String>> found = byOrigin(read(target));
    found.remove("foreign");
    assertThat(found).isEqualTo(expected);
  }

  private static Map<String, List<String>> byOrigin(List<ConsumedRecord> records) {
    Map<String, List<String>> byOrigin = new HashMap<>();
    for (ConsumedRecord record : records) {
      byte[] key = record.record().key();
      String name = key == null ? "none" : new String(key, UTF_8);
      byOrigin.computeIfAbsent(name, _ -> new ArrayList<>()).add(value(record));
    }
    // Those without a key are ordered within their partition only.
    byOrigin.computeIfPresent("none", (_, values) -> values.stream().sorted().toList());
    return byOrigin;
  }

  private static List<String> values(List<ConsumedRecord> records) {
    return records.stream().map(ReplayCopyTest::value).toList();
  }

  private static String value(ConsumedRecord record) {
    byte[] value = record.record().value();
    return record.record().timestampMillis()
        + " "
        + (value == null ? "" : new String(value, UTF_8));
  }

  /** Partition after partition. */
  private List<ConsumedRecord> read(String topic) {
    List<ConsumedRecord> records = new ArrayList<>();
    for (int partition = 0; partition < partitions(topic); partition++) {
      records.addAll(
          TestClients.consume(CLUSTER.addresses(), List.of(new TopicPartition(topic, partition))));
    }
    return records;
  }

  private int partitions(String topic) {
    return admin.describeTopic(topic).topic().partitionCount();
  }

  private void fill(String topic, int count) {
    create(topic, 3);
    send(topic, count);
  }

  private void send(String topic, int count) {
    try (Producer producer = Producer.open(config())) {
      for (int i = 0; i < count; i++) {
        byte[] key = i % 10 == 0 ? null : ("key-" + random.nextInt(50)).getBytes(UTF_8);
        byte[] value = ("value-" + i).getBytes(UTF_8);
        List<Header> headers = List.of(new Header("own", "header".getBytes(UTF_8)));
        Integer partition = key == null ? random.nextInt(3) : null;
        var _ =
            producer.send(new ProducerRecord(topic, partition, key, value, headers, START + i / 2));
      }
      producer.flush();
    }
  }

  private void create(String topic, int partitions) {
    var _ = admin.createTopic(topic, partitions, TopicSettings.DEFAULTS);
  }

  private static ClientConfig config() {
    return TestClients.config(CLUSTER.addresses());
  }
}
