package dev.funes.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import dev.funes.proto.v1.Error;
import dev.funes.proto.v1.ErrorCode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A member of a consumer group whose coordinator the test plays. */
class GroupMemberTest {
  private static final TopicPartition P0 = new TopicPartition("orders", 0);
  private static final TopicPartition P1 = new TopicPartition("orders", 1);
  private static final Duration LONG = Duration.ofSeconds(20);
  private static final Duration SHORT = Duration.ofMillis(20);

  private FakeCluster cluster;
  private FakeGroup group;

  /** Writes down what it hears. */
  private static final class Heard implements RebalanceListener {
    final List<String> all = new ArrayList<>();

    @Override
    public void onAssigned(Consumer consumer, Collection<TopicPartition> partitions) {
      all.add("assigned " + partitions);
    }

    @Override
    public void onRevoked(Consumer consumer, Collection<TopicPartition> partitions) {
      all.add("revoked " + partitions);
    }

    @Override
    public void onLost(Consumer consumer, Collection<TopicPartition> partitions) {
      all.add("lost " + partitions);
    }
  }

  private final Heard heard = new Heard();

  @BeforeEach
  void start() throws IOException {
    cluster = FakeCluster.start(2).topic("orders", 2);
    group = cluster.group;
  }

  @AfterEach
  void stop() {
    cluster.close();
  }

  private void write(TopicPartition partition, int count) {
    try (Producer producer = Producer.open(cluster.config().build())) {
      for (int i = 0; i < count; i++) {
        producer
            .send(
                new ProducerRecord(
                    partition.topic(),
                    partition.partition(),
                    null,
                    "value".getBytes(UTF_8),
                    List.of(),
                    1_000 + i))
            .join();
      }
    }
  }

  private Consumer open(GroupOptions.Builder options) {
    Consumer consumer = Consumer.open(cluster.config().build(), "shipping", options.build());
    consumer.subscribe(Subscription.to("orders"), heard);
    return consumer;
  }

  /** Commits as soon as it may. */
  private static GroupOptions.Builder eager() {
    return GroupOptions.builder().commitInterval(Duration.ZERO);
  }

  /** Commits before it lets go and when it is closed. */
  private static GroupOptions.Builder lazy() {
    return GroupOptions.builder().commitInterval(Duration.ofHours(1));
  }

  private static int read(Consumer consumer, int count) {
    int read = 0;
    while (read < count) {
      int some = consumer.poll(LONG).size();
      assertThat(some).as("after %d of %d", read, count).isPositive();
      read += some;
    }
    return read;
  }

  private static void pollUntil(Consumer consumer, BooleanSupplier condition) {
    await()
        .atMost(LONG)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(1))
        .until(
            () -> {
              assertThat(consumer.poll(SHORT)).isEmpty();
              return condition.getAsBoolean();
            });
  }

  @Test
  void findsTheCoordinatorAndReadsWhatItIsGiven() {
    write(P1, 10);
    group.node = 1;
    try (Consumer consumer = open(eager())) {
      FakeGroup.Link link = group.link(0);
      assertThat(link.join().getTopicsList()).containsExactly("orders");
      assertThat(consumer.poll(SHORT)).isEmpty();

      group.push(link, FakeGroup.assignment(1, "orders-1@1=4"));

      assertThat(read(consumer, 6)).isEqualTo(6);
      assertThat(heard.all).containsExactly("assigned [orders-1]");
      assertThat(consumer.assignment()).containsExactly(P1);
      assertThat(consumer.generation()).isEqualTo(1);
      assertThat(consumer.memberId()).isEqualTo("m0");
      await().until(() -> group.heartbeats.get() > 2);
    }
  }

  @Test
  void commitsWhatEarlierPollsReturnedAndNotTheLast() {
    write(P0, 1);
    try (Consumer consumer = open(eager())) {
      group.push(group.link(0), FakeGroup.assignment(3, "orders-0@3=0"));
      assertThat(consumer.poll(LONG)).hasSize(1);
      assertThat(group.said).isEmpty();

      pollUntil(consumer, () -> group.said.contains("commit orders-0=1 in 3"));

      write(P0, 1);
      assertThat(consumer.poll(LONG)).hasSize(1);
    }
    assertThat(group.said).containsExactly("commit orders-0=1 in 3", "leave");
    assertThat(heard.all).containsExactly("assigned [orders-0]", "revoked [orders-0]");
  }

  @Test
  void storesWhatIsDoneWhenItIsClosed() {
    write(P0, 3);
    try (Consumer consumer = open(lazy())) {
      group.push(group.link(0), FakeGroup.assignment(1, "orders-0@1=0"));
      read(consumer, 3);
      consumer.commit();
      assertThat(group.said).containsExactly("commit orders-0=3 in 1");
      write(P0, 2);
      read(consumer, 2);
      assertThat(consumer.poll(SHORT)).isEmpty(); // So those two are done.
    }
    assertThat(group.said)
        .containsExactly("commit orders-0=3 in 1", "commit orders-0=5 in 1", "leave");
  }

  @Test
  void commitsBeforeItReleasesAndReadsTheOthersOn() {
    write(P0, 5);
    write(P1, 5);
    try (Consumer consumer = open(lazy())) {
      FakeGroup.Link link = group.link(0);
      group.push(link, FakeGroup.assignment(1, "orders-0@1=0", "orders-1@1=0"));
      read(consumer, 10);
      int streams = cluster.fetchesStarted.get();

      group.push(link, FakeGroup.revoke(FakeGroup.assignment(2, "orders-1@1=0"), P0));
      pollUntil(consumer, () -> group.said.contains("release orders-0"));

      assertThat(group.said)
          .containsExactlyInAnyOrder(
              "commit orders-0=5 in 1", "commit orders-1=5 in 1", "release orders-0")
          .last()
          .isEqualTo("release orders-0");
      assertThat(heard.all).containsExactly("assigned [orders-0, orders-1]", "revoked [orders-0]");
      group.push(link, FakeGroup.assignment(3, "orders-1@1=0"));
      write(P0, 1);
      write(P1, 1);
      assertThat(consumer.poll(LONG))
          .singleElement()
          .extracting(ConsumedRecord::topicPartition)
          .isEqualTo(P1);
      assertThat(cluster.fetchesStarted).as("no stream was opened again").hasValue(streams);
    }
  }

  @Test
  void dropsItsPositionWhenAPartitionWasAwayMeanwhile() {
    write(P0, 9);
    try (Consumer consumer = open(lazy())) {
      FakeGroup.Link link = group.link(0);
      group.push(link, FakeGroup.assignment(1, "orders-0@1=0"));
      read(consumer, 9);

      group.push(link, FakeGroup.assignment(5, "orders-0@5=2"));

      assertThat(read(consumer, 7)).isEqualTo(7);
      assertThat(heard.all)
          .containsExactly("assigned [orders-0]", "lost [orders-0]", "assigned [orders-0]");
      assertThat(group.said).as("what is not its own any more is not committed").isEmpty();
    }
  }

  @Test
  void comesBackAsTheSameMemberWhenItsStreamBreaksAndSendsItsCommitAgain() {
    write(P0, 5);
    try (Consumer consumer = open(eager())) {
      FakeGroup.Link link = group.link(0);
      group.push(link, FakeGroup.assignment(1, "orders-0@1=0"));
      AtomicInteger asked = new AtomicInteger();
      group.commits =
          commit ->
              asked.getAndIncrement() == 0
                  ? Error.newBuilder().setCode(ErrorCode.UNAVAILABLE).setMessage("away").build()
                  : null;
      read(consumer, 5);
      group.node = 1;
      group.breakStream(link);

      pollUntil(consumer, () -> group.said.contains("commit orders-0=5 in 1"));

      FakeGroup.Link second = group.link(1);
      assertThat(second.memberId()).isEqualTo("m0");
      assertThat(second.join().getMemberId()).isEqualTo("m0");
      write(P0, 1);
      assertThat(consumer.poll(LONG)).as("read on without an assignment").hasSize(1);
      assertThat(heard.all).containsExactly("assigned [orders-0]");
    }
  }

  @Test
  void joinsAgainAsANewMemberWhenItsSessionHasEnded() {
    write(P0, 5);
    try (Consumer consumer = open(lazy())) {
      FakeGroup.Link link = group.link(0);
      group.push(link, FakeGroup.assignment(1, "orders-0@1=0"));
      read(consumer, 5);

      group.remove(link, ErrorCode.UNKNOWN_MEMBER);
      pollUntil(consumer, () -> group.links.size() == 2);

      assertThat(group.link(1).join().getMemberId()).isEmpty();
      assertThat(heard.all).containsExactly("assigned [orders-0]", "lost [orders-0]");
      group.push(group.link(1), FakeGroup.assignment(4, "orders-0@4=1"));
      assertThat(read(consumer, 4)).isEqualTo(4);
    }
  }

  @Test
  void saysThatItHasLostWhatItHeldWhenItIsClosedAfterItsSessionHasEnded() {
    write(P0, 5);
    try (Consumer consumer = open(lazy())) {
      FakeGroup.Link link = group.link(0);
      group.push(link, FakeGroup.assignment(1, "orders-0@1=0"));
      read(consumer, 5);
      group.remove(link, ErrorCode.UNKNOWN_MEMBER);
      await()
          .atMost(LONG)
          .untilAsserted(
              () ->
                  assertThatExceptionOfType(CommitFencedException.class)
                      .isThrownBy(consumer::commit));
    }
    assertThat(heard.all).containsExactly("assigned [orders-0]", "lost [orders-0]");
  }

  @Test
  void throwsWhenItWasSentAway() {
    for (ErrorCode code : List.of(ErrorCode.MEMBER_KICKED, ErrorCode.MEMBER_REPLACED)) {
      int number = group.links.size();
      heard.all.clear();
      try (Consumer consumer = open(lazy())) {
        FakeGroup.Link link = group.link(number);
        group.push(link, FakeGroup.assignment(1, "orders-0@1=0"));
        pollUntil(consumer, () -> !heard.all.isEmpty());
        group.remove(link, code);
        assertThatExceptionOfType(FunesException.class)
            .isThrownBy(() -> pollUntil(consumer, () -> false))
            .satisfies(e -> assertThat(e.code().name()).isEqualTo(code.name()));
        assertThatExceptionOfType(FunesException.class).isThrownBy(() -> consumer.poll(SHORT));
        assertThat(heard.all).containsExactly("assigned [orders-0]", "lost [orders-0]");
      }
      assertThat(group.links).hasSize(number + 1);
    }
  }

  @Test
  void readsNothingWhileItsGroupIsPaused() {
    write(P0, 5);
    try (Consumer consumer = open(lazy())) {
      FakeGroup.Link link = group.link(0);
      group.push(link, FakeGroup.assignment(1, "orders-0@1=0").setPaused(true));
      pollUntil(consumer, consumer::isPaused);
      assertThat(consumer.poll(SHORT)).isEmpty();
      assertThat(consumer.assignment()).containsExactly(P0);

      group.push(link, FakeGroup.assignment(1, "orders-0@1=0"));

      assertThat(read(consumer, 5)).isEqualTo(5);
    }
  }

  @Test
  void commitsBeforeItReturnsAtMostOnce() {
    write(P0, 3);
    try (Consumer consumer = open(eager().delivery(Delivery.AT_MOST_ONCE))) {
      group.push(group.link(0), FakeGroup.assignment(1, "orders-0@1=0"));
      int read = 0;
      while (read < 3) {
        read += consumer.poll(LONG).size();
        assertThat(group.said).last().isEqualTo("commit orders-0=" + read + " in 1");
      }
      group.commits = commit -> error(ErrorCode.NOT_OWNER);
      write(P0, 1);
      assertThat(consumer.poll(Duration.ofMillis(300))).as("it could not be stored").isEmpty();
    }
  }

  @Test
  void commitsNothingByItselfWhenItIsDoneByHand() {
    write(P0, 5);
    try (Consumer consumer = open(eager().delivery(Delivery.MANUAL))) {
      group.push(group.link(0), FakeGroup.assignment(1, "orders-0@1=0"));
      read(consumer, 5);
      assertThat(consumer.poll(SHORT)).isEmpty();
      assertThat(group.said).isEmpty();
      consumer.commit(Map.of(P0, 2L));
    }
    assertThat(group.said).containsExactly("commit orders-0=2 in 1", "leave");
  }

  @Test
  void aFencedCommitIsAnExceptionOfItsOwn() {
    try (Consumer consumer = open(lazy().delivery(Delivery.MANUAL))) {
      group.push(group.link(0), FakeGroup.assignment(1, "orders-0@1=0"));
      pollUntil(consumer, () -> !heard.all.isEmpty());
      group.commits = commit -> error(ErrorCode.NOT_OWNER);

      assertThatExceptionOfType(CommitFencedException.class)
          .isThrownBy(consumer::commit)
          .satisfies(e -> assertThat(e.code().name()).isEqualTo("NOT_OWNER"));

      assertThat(cluster.offsets).isEmpty();
    }
  }

  private static Error error(ErrorCode code) {
    return Error.newBuilder().setCode(code).setMessage("refused by the test").build();
  }

  @Test
  void commitsAsAMemberWhenItGivesEverythingBackAtItsEnd() {
    write(P0, 2);
    try (Consumer consumer =
        Consumer.open(
            cluster.config().build(), "shipping", lazy().delivery(Delivery.MANUAL).build())) {
      consumer.subscribe(
          Subscription.to("orders"),
          new RebalanceListener() {
            @Override
            public void onRevoked(Consumer of, Collection<TopicPartition> partitions) {
              of.commit();
            }
          });
      group.push(group.link(0), FakeGroup.assignment(1, "orders-0@1=0"));
      read(consumer, 2);
    }
    assertThat(group.said).containsExactly("commit orders-0=2 in 1", "leave");
  }

  @Test
  void doesNotLeaveWhenItHasAnInstanceId() {
    try (Consumer consumer = open(lazy().instanceId("one"))) {
      group.push(group.link(0), FakeGroup.assignment(1, "orders-0@1=0"));
      pollUntil(consumer, () -> !heard.all.isEmpty());
    }
    assertThat(group.link(0).join().getInstanceId()).isEqualTo("one");
    assertThat(group.said).doesNotContain("leave");
  }

  @Test
  void isNotHeardOfWhenNobodyPolls() {
    try (Consumer consumer = open(lazy().pollIntervalMax(Duration.ofSeconds(1)))) {
      FakeGroup.Link link = group.link(0);
      assertThat(consumer.poll(SHORT)).isEmpty();
      AtomicInteger last = new AtomicInteger(-1);
      await()
          .pollInterval(Duration.ofMillis(400))
          .atMost(LONG)
          .until(() -> last.getAndSet(group.heartbeats.get()) == group.heartbeats.get());

      group.remove(link, ErrorCode.UNKNOWN_MEMBER);
      pollUntil(consumer, () -> group.links.size() == 2);
      int before = group.heartbeats.get();
      pollUntil(consumer, () -> group.heartbeats.get() > before);
    }
  }

  @Test
  void actsOnNothingFromBeforeItWasStuckUntilTheCoordinatorHasSpoken() {
    write(P0, 3);
    write(P1, 3);
    try (Consumer consumer = open(lazy().pollIntervalMax(Duration.ofSeconds(1)))) {
      FakeGroup.Link link = group.link(0);
      group.push(link, FakeGroup.assignment(1, "orders-0@1=0"));
      read(consumer, 3);
      write(P0, 2);
      AtomicInteger last = new AtomicInteger(-1);
      await()
          .pollInterval(Duration.ofMillis(400))
          .atMost(LONG)
          .until(() -> last.getAndSet(group.heartbeats.get()) == group.heartbeats.get());
      // Stale by the time it is taken: the session ends at once after it.
      group.push(link, FakeGroup.assignment(2, "orders-0@1=0", "orders-1@2=0"));
      group.answersHeartbeats = false;

      assertThat(consumer.poll(Duration.ofMillis(300))).isEmpty();
      group.remove(link, ErrorCode.UNKNOWN_MEMBER);
      pollUntil(consumer, () -> group.links.size() == 2);

      assertThat(heard.all).containsExactly("assigned [orders-0]", "lost [orders-0]");
      group.push(group.link(1), FakeGroup.assignment(3, "orders-1@3=1"));
      assertThat(read(consumer, 2)).isEqualTo(2);
    }
  }

  @Test
  void comesBackAfterItWasStuckForLongerThanACoordinatorIsLookedFor() {
    write(P0, 3);
    Duration giveUp = Duration.ofSeconds(2);
    try (Consumer consumer =
        Consumer.open(
            cluster.config().deliveryTimeout(giveUp).build(),
            "shipping",
            lazy().pollIntervalMax(Duration.ofSeconds(1)).build())) {
      consumer.subscribe(Subscription.to("orders"), heard);
      FakeGroup.Link link = group.link(0);
      group.push(link, FakeGroup.assignment(1, "orders-0@1=0"));
      read(consumer, 3);
      AtomicInteger last = new AtomicInteger(-1);
      await()
          .pollInterval(Duration.ofMillis(400))
          .atMost(LONG)
          .until(() -> last.getAndSet(group.heartbeats.get()) == group.heartbeats.get());
      group.breakStream(link);
      long broken = System.nanoTime();
      await().until(() -> System.nanoTime() - broken > giveUp.toNanos());

      pollUntil(consumer, () -> group.links.size() == 2);

      assertThat(group.link(1).join().getMemberId()).isEqualTo("m0");
      assertThat(heard.all).containsExactly("assigned [orders-0]");
    }
  }

  @Test
  void hearsOfAnAssignmentAgainWhenItThrew() {
    write(P0, 3);
    AtomicInteger calls = new AtomicInteger();
    try (Consumer consumer = Consumer.open(cluster.config().build(), "shipping")) {
      consumer.subscribe(
          Subscription.toPattern("ord.*"),
          new RebalanceListener() {
            @Override
            public void onAssigned(Consumer of, Collection<TopicPartition> partitions) {
              if (calls.getAndIncrement() == 0) {
                throw new IllegalStateException("the store is away");
              }
              of.seek(P0, 2);
            }
          });
      assertThat(group.link(0).join().getTopicPattern()).isEqualTo("ord.*");
      group.push(group.link(0), FakeGroup.assignment(1, "orders-0@1=0"));

      assertThatIllegalStateException()
          .isThrownBy(() -> consumer.poll(LONG))
          .withMessage("the store is away");
      assertThat(consumer.poll(LONG))
          .singleElement()
          .extracting(ConsumedRecord::offset)
          .isEqualTo(2L);
    }
  }

  @Test
  void subscribingAndAssigningDoNotMix() {
    try (Consumer consumer = open(lazy())) {
      assertThatIllegalStateException()
          .isThrownBy(() -> consumer.assign(List.of(P0)))
          .withMessageContaining("unsubscribe() first");
      assertThatIllegalStateException().isThrownBy(consumer::stopAtEnd);
      consumer.unsubscribe();
      consumer.assign(List.of(P0));
      assertThatIllegalStateException()
          .isThrownBy(() -> consumer.subscribe(Subscription.to("orders")));
    }
    try (Consumer consumer = Consumer.open(cluster.config().build(), null)) {
      assertThatIllegalStateException()
          .isThrownBy(() -> consumer.subscribe(Subscription.to("orders")))
          .withMessageContaining("consumer group");
    }
  }

  @Test
  void changesWhatItWants() {
    try (Consumer consumer = open(lazy())) {
      FakeGroup.Link first = group.link(0);
      assertThat(consumer.poll(SHORT)).isEmpty();
      consumer.subscribe(Subscription.to("orders", "returns"));

      assertThat(group.link(1).memberId()).isEqualTo(first.memberId());
      assertThat(group.link(1).join().getTopicsList()).containsExactly("orders", "returns");
    }
  }

  @Test
  void namesTheSettingThatIsOutOfItsRange() {
    Duration tooShort = Duration.ofMillis(999);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GroupOptions.builder().sessionTimeout(tooShort).build())
        .withMessage("sessionTimeout: 999 ms is not between 1000 and 1800000 ms");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GroupOptions.builder().rebalanceTimeout(Duration.ofHours(2)).build())
        .withMessageContaining("rebalanceTimeout");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GroupOptions.builder().pollIntervalMax(tooShort).build())
        .withMessageContaining("pollIntervalMax");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GroupOptions.builder().commitInterval(Duration.ofMillis(-1)).build())
        .withMessageContaining("commitInterval");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GroupOptions.builder().instanceId("x".repeat(250)).build())
        .withMessage("instanceId: 250 characters are more than 249");
    assertThatIllegalArgumentException().isThrownBy(() -> Subscription.to());
  }
}
