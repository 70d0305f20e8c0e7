package dev.funes.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.funes.client.Admin;
import dev.funes.client.ClusterDescription;
import dev.funes.client.ConsumedRecord;
import dev.funes.client.Consumer;
import dev.funes.client.ErrorCode;
import dev.funes.client.FunesException;
import dev.funes.client.NodeScrub;
import dev.funes.client.TopicPartition;
import dev.funes.client.TopicSettings;
import dev.funes.replication.ReplicaLimits;
import dev.funes.replication.ScrubLimits;
import dev.funes.server.testing.FunesCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The only replica there is rots. */
class LoneRotTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @RegisterExtension
  static final FunesCluster CLUSTER =
      FunesCluster.ofNodes(1)
          .with(ReplicaLimits.DEFAULTS.withScrub(new ScrubLimits(1L << 30, 0, 0)));

  private final TopicPartition partition = new TopicPartition("lone", 0);

  @Test
  void saysThatNothingCanBeRepairedAgainAndAgainAndServesWhatIsWhole() throws IOException {
    try (Admin admin = Admin.open(TestClients.config(CLUSTER.addresses()))) {
      admin.createTopic("lone", 1, TopicSettings.DEFAULTS);
      for (String value : List.of("first", "second", "third")) {
        TestClients.produce(CLUSTER.addresses(), "lone", 0, List.of(value));
      }
      Path file = segment();
      byte[] right = Files.readAllBytes(file);
      byte[] rotten = right.clone();
      rotten[right.length - 2] ^= 1;
      Files.write(file, rotten);

      List<String> read = new ArrayList<>();
      FunesException failure = readAll(read);

      assertThat(read).containsExactly("first", "second");
      assertThat(failure.code()).isEqualTo(ErrorCode.UNAVAILABLE);
      assertThat(failure).hasMessageContaining("damaged at offset 2");
      for (int times = 0; times < 2; times++) {
        admin.startScrub(0);
        await().atMost(PATIENCE).until(() -> !scrub(admin).running());
        assertThat(scrub(admin).damagedSegments()).isEqualTo(1);
        assertThat(scrub(admin).corruptBatches()).isEqualTo(1);
        assertThat(scrub(admin).repairedBatches()).isZero();
        ClusterDescription cluster = admin.describeCluster();
        assertThat(cluster.healthy()).isFalse();
        assertThat(cluster.problems())
            .anySatisfy(each -> assertThat(each).contains("replication factor of 1"));
      }

      Files.write(file, right); // As if the disk had thought better of it.
      admin.startScrub(1);

      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () -> {
                assertThat(scrub(admin).running()).isFalse();
                assertThat(scrub(admin).damagedSegments()).isZero();
                assertThat(admin.describeCluster().healthy()).isTrue();
              });
      assertThat(TestClients.consume(CLUSTER.addresses(), List.of(partition))).hasSize(3);
      assertThat(catchThrowableOfType(FunesException.class, () -> admin.startScrub(7)).code())
          .isEqualTo(ErrorCode.INVALID_ARGUMENT);
    }
  }

  private static NodeScrub scrub(Admin admin) {
    return admin.describeCluster().nodes().getFirst().scrub();
  }

  private FunesException readAll(List<String> read) {
    try (Consumer consumer =
        Consumer.open(
            TestClients.config(CLUSTER.addresses()).toBuilder()
                .deliveryTimeout(Duration.ofSeconds(2))
                .build(),
            null)) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      consumer.stopAtEnd();
      return catchThrowableOfType(
          FunesException.class,
          () -> {
            while (!consumer.atEnd()) {
              for (ConsumedRecord record : consumer.poll(Duration.ofSeconds(10))) {
                read.add(TestClients.value(record));
              }
            }
          });
    }
  }

  private static Path segment() throws IOException {
    try (Stream<Path> files = Files.walk(CLUSTER.node(1).config().data().resolve("groups"))) {
      return files
          .filter(file -> file.toString().matches(".*/lone-0\\.\\d+/\\d{20}\\.log"))
          .findFirst()
          .orElseThrow();
    }
  }
}
