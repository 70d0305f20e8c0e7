package dev.funes.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AdminTest {
  private FakeCluster cluster;

  @BeforeEach
  void start() throws IOException {
    cluster = FakeCluster.start(2);
  }

  @AfterEach
  void stop() {
    cluster.close();
  }

  @Test
  void createsAndDescribesATopic() {
    try (Admin admin = Admin.open(cluster.config().build())) {
      TopicInfo created = admin.createTopic("orders", 3, TopicSettings.DEFAULTS);
      TopicDescription described = admin.describeTopic("orders");

      assertThat(created.partitionCount()).isEqualTo(3);
      assertThat(described.topic()).isEqualTo(created);
      assertThat(described.partitions())
          .extracting(PartitionDescription::leader)
          .containsOnly(FromProto.nodeAddress(cluster.leader().proto()));
    }
  }

  @Test
  void takesItsOwnEarlierTryForTheCreation() {
    cluster.unavailable.set(1); // The first try is carried out, its answer lost.

    try (Admin admin = Admin.open(cluster.config().build())) {
      assertThat(admin.createTopic("orders", 3, TopicSettings.DEFAULTS).partitionCount())
          .isEqualTo(3);
      assertThatExceptionOfType(FunesException.class)
          .isThrownBy(() -> admin.createTopic("orders", 3, TopicSettings.DEFAULTS))
          .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.TOPIC_EXISTS))
          .satisfies(e -> assertThat(e.field()).isEqualTo("topic"));
    }
  }

  @Test
  void waitsOutAnElection() {
    cluster.topic("orders", 1);
    cluster.unavailable.set(5);

    try (Admin admin = Admin.open(cluster.config().build())) {
      assertThat(admin.describeTopic("orders").topic().name()).isEqualTo("orders");
    }
  }

  @Test
  void goesOnToTheNextNode() {
    cluster.topic("orders", 1);
    cluster.nodes.getFirst().stop();

    try (Admin admin = Admin.open(cluster.config().build())) {
      for (int i = 0; i < 3; i++) {
        assertThat(admin.describeTopic("orders").topic().name()).isEqualTo("orders");
      }
    }
  }

  @Test
  void outlivesTheNodesThatItWasOpenedWith() throws InterruptedException {
    cluster.topic("orders", 1);
    FakeNode first = cluster.nodes.getFirst();
    AtomicLong nanos = new AtomicLong();
    try (Connections connections = new Connections(List.of(first.address()), nanos::get);
        Admin admin = Admin.over(connections, cluster.config().build())) {
      admin.describeTopic("orders");
      assertThat(connections.nodeCount()).isEqualTo(1);
      nanos.addAndGet(TimeUnit.SECONDS.toNanos(30));
      admin.describeTopic("orders");
      await().until(() -> connections.nodeCount() == 2);

      first.stopped();

      assertThat(admin.describeTopic("orders").topic().name()).isEqualTo("orders");
    }
  }

  @Test
  void namesEveryAddressWhenNoneAnswers() {
    ClientConfig config = cluster.config().build();
    cluster.close();

    try (Admin admin = Admin.open(config)) {
      assertThatExceptionOfType(FunesException.class)
          .isThrownBy(admin::listTopics)
          .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.UNREACHABLE))
          .satisfies(
              e ->
                  assertThat(e.getMessage())
                      .contains(config.servers().getFirst().toString())
                      .contains(config.servers().getLast().toString())
                      .doesNotContain("\n"));
    }
  }

  @Test
  void listsOffsetsAndFailsForAPartitionThatIsNotThere() {
    cluster.topic("orders", 1);
    TopicPartition there = new TopicPartition("orders", 0);
    TopicPartition notThere = new TopicPartition("orders", 1);

    try (Admin admin = Admin.open(cluster.config().build())) {
      assertThat(admin.listOffsets(Map.of(there, new LogPosition.End())))
          .containsExactly(Map.entry(there, new ListedOffset(0, null)));
      assertThatExceptionOfType(FunesException.class)
          .isThrownBy(
              () ->
                  admin.listOffsets(
                      Map.of(there, new LogPosition.End(), notThere, new LogPosition.Start())))
          .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.UNKNOWN_TOPIC));
    }
  }

  @Test
  void storesOffsets() {
    TopicPartition partition = new TopicPartition("orders", 0);

    try (Admin admin = Admin.open(cluster.config().build())) {
      admin.commitOffsets("billing", List.of(CommittedOffset.of(partition, 17)));

      assertThat(admin.committedOffsets("billing"))
          .containsExactly(CommittedOffset.of(partition, 17));
    }
  }
}
