package dev.funes.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import dev.funes.proto.v1.Error;
import dev.funes.proto.v1.ErrorCode;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A member joins, hears what it is given and what it has lost, and comes back. */
class GroupMemberTest extends FakeGroupMembers {
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
  void waitsUntilItHasLeftAlsoWhenThatTakesAWhile() {
    group.leavingMillis = 1_500;
    Consumer consumer = open(eager());
    pollUntil(consumer, () -> !group.links.isEmpty());
    pollUntil(consumer, () -> group.heartbeats.get() > 0);

    consumer.close();

    assertThat(group.said).containsExactly("leave");
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
}
