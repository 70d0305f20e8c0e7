package dev.funes.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.funes.client.Admin;
import dev.funes.client.ConsumedRecord;
import dev.funes.client.LogPosition;
import dev.funes.client.TopicPartition;
import dev.funes.client.TopicSettings;
import dev.funes.cluster.PartitionId;
import dev.funes.cluster.Topic;
import dev.funes.log.Digest;
import dev.funes.log.PartitionLog;
import dev.funes.log.SegmentDump;
import dev.funes.proto.v1.FetchFormat;
import dev.funes.proto.v1.FetchPartition;
import dev.funes.proto.v1.FetchRequest;
import dev.funes.proto.v1.FetchResponse;
import dev.funes.proto.v1.LogServiceGrpc;
import dev.funes.proto.v1.Record;
import dev.funes.replication.ReplicaLimits;
import dev.funes.replication.ScrubLimits;
import dev.funes.replication.ScrubStatus;
import dev.funes.server.testing.FunesCluster;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Files of running nodes rot, one node at a time, while everybody reads. */
class RotTest {
  private static final int PARTITIONS = 2;
  private static final int RECORDS = 1_500;
  private static final int ROUNDS = Integer.getInteger("funes.rots", 3);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Everything is checked whenever it is read, for what is written by a test is not old. */
  @RegisterExtension
  static final FunesCluster CLUSTER =
      FunesCluster.ofNodes(3)
          .with(ReplicaLimits.DEFAULTS.withScrub(new ScrubLimits(1L << 30, 0, 0)));

  private final Map<TopicPartition, List<String>> written =
      new TreeMap<>((a, b) -> Integer.compare(a.partition(), b.partition()));

  @Test
  void noReaderGetsAWrongByteAndTheReplicasBecomeEqualAgain() throws Exception {
    long seed = Long.getLong("funes.seed", System.nanoTime());
    System.out.println("funes.seed=" + seed);
    SplittableRandom random = new SplittableRandom(seed);
    write();
    for (int round = 0; round < ROUNDS; round++) {
      FunesNode node = CLUSTER.node(1 + random.nextInt(3));
      ScrubStatus before = node.replica().scrubber().status();
      List<Path> files = segmentFiles(node);
      Path file = files.get(random.nextInt(files.size()));
      String what = "seed %d round %d: %s".formatted(seed, round, rot(file, random));
      System.out.println(what);
      boolean log = file.toString().endsWith(".log");
      if (log) {
        assertReadersGetWhatWasWritten(what);
      }
      node.replica().scrubber().startNow();
      await(what)
          .atMost(PATIENCE)
          .untilAsserted(
              () -> {
                ScrubStatus now = node.replica().scrubber().status();
                assertThat(now.passes()).isGreaterThan(before.passes());
                assertThat(now.running()).isFalse();
                assertThat(now.problem()).isEmpty();
                assertThat(now.damagedSegments()).isZero();
                if (log) {
                  assertThat(now.corruptBatches()).isGreaterThan(before.corruptBatches());
                  assertThat(now.repairedBatches()).isEqualTo(now.corruptBatches());
                }
              });
      assertFilesAreWhole(node, what);
      assertReplicasAreEqual(what);
    }
    assertReadersGetWhatWasWritten("seed " + seed + " at the end");
    for (int node = 1; node <= 3; node++) {
      CLUSTER.kill(node);
      CLUSTER.restart(node); // What it goes back to is checked against its checkpoint.
      CLUSTER.awaitLeaders();
    }
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertReplicasAreEqual("seed " + seed + " after a restart"));
  }

  private void write() {
    try (Admin admin = Admin.open(TestClients.config(CLUSTER.addresses()))) {
      admin.createTopic("rot", PARTITIONS, TopicSettings.DEFAULTS.withSegmentBytes(1 << 20));
    }
    for (int partition = 0; partition < PARTITIONS; partition++) {
      int number = partition;
      List<String> values =
          IntStream.range(0, RECORDS)
              .mapToObj(i -> "p" + number + " " + i + " " + noise(i))
              .toList();
      written.put(new TopicPartition("rot", partition), values);
      TestClients.produce(CLUSTER.addresses(), "rot", partition, values);
    }
    await().atMost(PATIENCE).untilAsserted(() -> assertReplicasAreEqual("written"));
    for (FunesNode node : CLUSTER.nodes()) {
      assertThat(log(node, 0).segmentCount()).isGreaterThan(1);
    }
  }

  /** Of little use to a compressor. */
  private static String noise(int i) {
    StringBuilder text = new StringBuilder();
    new SplittableRandom(i).ints(150).forEach(each -> text.append(Integer.toHexString(each)));
    return text.toString();
  }

  private static String rot(Path file, SplittableRandom random) throws IOException {
    long size = Files.size(file);
    long at = random.nextLong(size);
    String name = file.toString();
    int kind = random.nextInt(4);
    if (kind == 0) {
      Files.delete(file);
      return name + " deleted";
    }
    try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
      if (kind == 1) {
        access.setLength(at);
        return name + " cut at " + at;
      }
      access.seek(at);
      if (kind == 2) {
        int was = access.read();
        access.seek(at);
        access.write(was ^ 1 << random.nextInt(Byte.SIZE));
        return name + " flipped at " + at;
      }
      long page = at / 4096 * 4096;
      byte[] zeros = new byte[(int) Math.min(4096, size - page)];
      access.seek(page);
      access.write(zeros);
      access.seek(at);
      access.write(0xa5); // Else it may have been zeros already.
      return name + " zeroed at " + page;
    }
  }

  /** Every form of a fetch, through every node. */
  private void assertReadersGetWhatWasWritten(String what) {
    for (int id = 1; id <= 3; id++) {
      String address = CLUSTER.address(id);
      Map<TopicPartition, List<String>> read =
          new TreeMap<>((a, b) -> Integer.compare(a.partition(), b.partition()));
      for (ConsumedRecord record : TestClients.consume(address, written.keySet())) {
        read.computeIfAbsent(record.topicPartition(), _ -> new ArrayList<>())
            .add(TestClients.value(record));
      }
      assertThat(read).as("%s, raw, node %d", what, id).isEqualTo(written);
      for (String filter : List.of("", "offset >= 0")) {
        assertThat(plain(id, filter)).as("%s, plain, node %d", what, id).isEqualTo(written);
      }
      try (Admin admin = Admin.open(TestClients.config(address))) {
        for (TopicPartition partition : written.keySet()) {
          assertThat(admin.listOffsets(Map.of(partition, new LogPosition.Timestamp(1))))
              .as("%s, by time, node %d", what, id)
              .hasEntrySatisfying(partition, found -> assertThat(found.offset()).isZero());
        }
      }
    }
  }

  /** Raw calls, tried again when the node says that it may help. */
  private Map<TopicPartition, List<String>> plain(int id, String filter) {
    Map<TopicPartition, List<String>> read =
        new TreeMap<>((a, b) -> Integer.compare(a.partition(), b.partition()));
    ManagedChannel channel =
        ManagedChannelBuilder.forTarget(CLUSTER.address(id)).usePlaintext().build();
    try {
      for (TopicPartition partition : written.keySet()) {
        List<String> values = new ArrayList<>();
        await().atMost(PATIENCE).until(() -> readPlain(channel, partition, filter, values));
        read.put(partition, values);
      }
    } finally {
      channel.shutdownNow();
    }
    return read;
  }

  /** False when it was told to come again. */
  private static boolean readPlain(
      ManagedChannel channel, TopicPartition partition, String filter, List<String> values) {
    FetchRequest request =
        FetchRequest.newBuilder()
            .setFormat(FetchFormat.FETCH_FORMAT_RECORDS)
            .setFilter(filter)
            .addPartitions(
                FetchPartition.newBuilder()
                    .setTopic(partition.topic())
                    .setPartition(partition.partition())
                    .setOffset(values.size()))
            .build();
    var responses = LogServiceGrpc.newBlockingStub(channel).fetch(request);
    while (responses.hasNext()) {
      FetchResponse response = responses.next();
      if (response.hasError()) {
        assertThat(response.getError().getCode())
            .as(response.getError().getMessage())
            .isEqualTo(dev.funes.proto.v1.ErrorCode.UNAVAILABLE);
        return false;
      }
      for (Record record : response.getRecords().getRecordsList()) {
        assertThat(record.getOffset()).isEqualTo(values.size());
        values.add(record.getValue().toStringUtf8());
      }
    }
    return true;
  }

  private static void assertFilesAreWhole(FunesNode node, String what) throws IOException {
    for (Path file : segmentFiles(node)) {
      if (file.toString().endsWith(".log")) {
        SegmentDump.walk(
            file,
            finding ->
                assertThat(finding).as(what).isNotInstanceOf(SegmentDump.Finding.Damaged.class));
      } else {
        assertThat(Files.size(file)).as(what).isPositive();
      }
    }
  }

  private static void assertReplicasAreEqual(String what) {
    for (int partition = 0; partition < PARTITIONS; partition++) {
      Set<Digest> digests = new HashSet<>();
      for (FunesNode node : CLUSTER.nodes()) {
        digests.add(log(node, partition).digest());
      }
      assertThat(digests).as("%s, partition %d", what, partition).hasSize(1);
    }
  }

  private static PartitionLog log(FunesNode node, int partition) {
    Topic topic = node.replica().view().topic("rot");
    PartitionId id = topic == null ? null : topic.partition(partition);
    PartitionLog log = id == null ? null : node.replica().log(id);
    if (log == null) {
      throw new AssertionError("expected the partition on node " + node.config().self());
    }
    return log;
  }

  private static List<Path> segmentFiles(FunesNode node) {
    try (Stream<Path> files = Files.walk(node.config().data().resolve("groups"))) {
      return files
          .filter(Files::isRegularFile)
          .filter(file -> file.toString().matches(".*/rot-\\d+\\.\\d+/\\d{20}\\.(log|index)"))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
