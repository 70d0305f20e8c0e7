package dev.funes.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.funes.proto.v1.ErrorCode;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a member stores, and when. */
class GroupMemberCommitsTest extends FakeGroupMembers {
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
}
