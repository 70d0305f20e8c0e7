package dev.funes.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.funes.client.Admin;
import dev.funes.client.CommitFencedException;
import dev.funes.client.ConsumedRecord;
import dev.funes.client.Consumer;
import dev.funes.client.Delivery;
import dev.funes.client.ErrorCode;
import dev.funes.client.FunesException;
import dev.funes.client.GroupDescription;
import dev.funes.client.GroupInfo;
import dev.funes.client.GroupMember;
import dev.funes.client.GroupOptions;
import dev.funes.client.GroupPartition;
import dev.funes.client.GroupState;
import dev.funes.client.NodeAddress;
import dev.funes.client.ResetTo;
import dev.funes.client.Subscription;
import dev.funes.client.TopicPartition;
import dev.funes.client.TopicSettings;
import dev.funes.server.testing.FunesCluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Real members of real consumer groups that come and go while records are written. */
class GroupRebalanceTest {
  private static final int PARTITIONS = 6;
  private static final int RECORDS_PER_SECOND = 600;
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final Duration SHORT = Duration.ofMillis(50);

  @RegisterExtension static final FunesCluster CLUSTER = FunesCluster.ofNodes(3);

  private final GroupBook book = new GroupBook();
  private final List<GroupWorker> workers = new ArrayList<>();
  private Admin admin = Admin.open(TestClients.config("localhost:1"));
  private String topic = "";
  private String group = "";

  @BeforeEach
  void create(TestInfo test) {
    topic = test.getTestMethod().orElseThrow().getName();
    group = topic + "-group";
    admin.close();
    admin = Admin.open(TestClients.config(CLUSTER.addresses()));
    admin.createTopic(topic, PARTITIONS, TopicSettings.DEFAULTS);
  }

  @AfterEach
  void stop() {
    workers.forEach(GroupWorker::close);
    admin.close();
    book.check();
  }

  private PacedLoad load() {
    return PacedLoad.start(CLUSTER.addresses(), topic, PARTITIONS, RECORDS_PER_SECOND);
  }

  private static GroupOptions.Builder options() {
    return GroupOptions.builder()
        .sessionTimeout(Duration.ofSeconds(4))
        .commitInterval(Duration.ofMillis(100));
  }

  private GroupWorker join(GroupOptions.Builder options) {
    GroupWorker worker =
        GroupWorker.start(
            "worker-" + workers.size(), CLUSTER.addresses(), group, topic, options.build(), book);
    workers.add(worker);
    return worker;
  }

  /** Waits until every partition is held, and as evenly as can be. */
  private void awaitShared(GroupWorker... sharers) {
    await()
        .atMost(LONG)
        .untilAsserted(
            () -> {
              Set<TopicPartition> all = new HashSet<>();
              for (GroupWorker sharer : sharers) {
                assertThat(sharer.held).hasSize(PARTITIONS / sharers.length);
                all.addAll(sharer.held);
              }
              assertThat(all).hasSize(PARTITIONS);
            });
  }

  private void assertAllIsProcessed(PacedLoad load) throws InterruptedException {
    Set<String> written = load.stop();
    await().atMost(LONG).untilAsserted(() -> assertThat(book.missing(written)).isEmpty());
  }

  private GroupDescription describe() {
    return admin.describeGroup(group);
  }

  @Test
  void membersShareThePartitionsAndOnlyThoseMoveThatMust() throws InterruptedException {
    try (PacedLoad load = load()) {
      GroupWorker first = join(options());
      awaitShared(first);
      GroupWorker second = join(options());
      awaitShared(first, second);
      Set<TopicPartition> firsts = Set.copyOf(first.held);
      Set<TopicPartition> seconds = Set.copyOf(second.held);
      GroupWorker third = join(options().delivery(Delivery.MANUAL));
      awaitShared(first, second, third);
      assertThat(firsts).containsAll(first.held);
      assertThat(seconds).containsAll(second.held);
      book.awaitMore(200);
      Set<TopicPartition> before = Set.copyOf(first.held);
      third.close();
      awaitShared(first, second);
      assertThat(first.held).containsAll(before);
      assertAllIsProcessed(load);
    }
    assertThat(book.deliveries.get())
        .as("in order, nothing comes twice")
        .isEqualTo(book.distinct());
    workers.forEach(GroupWorker::close);
    assertThat(GroupBook.assertNoCommittedOffsetWentBack(admin, group)).isPositive();
  }

  @Test
  void aKilledMemberIsReplacedAndWhatItCommittedIsNotReadAgain() throws InterruptedException {
    try (PacedLoad load = load()) {
      GroupWorker first = join(options().delivery(Delivery.MANUAL));
      GroupWorker second = join(options().delivery(Delivery.MANUAL));
      awaitShared(first, second);
      book.awaitMore(300);
      second.kill();
      await()
          .atMost(LONG)
          .until(() -> describe().members().stream().anyMatch(member -> !member.connected()));
      awaitShared(first);
      assertAllIsProcessed(load);
    }
  }

  @Test
  void aStaticMemberComesBackWithoutMovingAnything() throws InterruptedException {
    try (PacedLoad load = load()) {
      GroupWorker first = join(options().instanceId("a").sessionTimeout(Duration.ofSeconds(30)));
      GroupWorker second = join(options().instanceId("b").sessionTimeout(Duration.ofSeconds(30)));
      awaitShared(first, second);
      Set<TopicPartition> firsts = Set.copyOf(first.held);
      Set<TopicPartition> seconds = Set.copyOf(second.held);
      long generation = describe().generation();

      second.close();
      GroupWorker again = join(options().instanceId("b").sessionTimeout(Duration.ofSeconds(30)));

      await().atMost(LONG).untilAsserted(() -> assertThat(again.held).isEqualTo(seconds));
      assertThat(first.held).isEqualTo(firsts);
      assertAllIsProcessed(load);
      assertThat(describe().members()).extracting(GroupMember::instanceId).contains("a", "b");
      assertThat(describe().generation()).as("generation").isLessThanOrEqualTo(generation + 1);
      workers.forEach(GroupWorker::close);
    }
    assertThat(describe().members()).as("static members stay").hasSize(2);
  }

  @Test
  void aMemberThatIsReplacedOrKickedIsToldAndCannotCommit() {
    GroupWorker first = join(options().instanceId("one"));
    awaitShared(first);
    GroupWorker second = join(options().instanceId("one"));
    awaitShared(second);
    await().atMost(LONG).until(() -> !first.isAlive());
    assertThat(first.isSentAway()).isTrue();

    admin.kickMember(group, "one");
    await().atMost(LONG).until(() -> !second.isAlive());
    assertThat(second.isSentAway()).isTrue();
    assertThatExceptionOfType(FunesException.class)
        .isThrownBy(() -> admin.kickMember(group, "one"))
        .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.UNKNOWN_MEMBER));
  }

  @Test
  void commitsOfOthersAreRefused() {
    TopicPartition partition = new TopicPartition(topic, 0);
    TestClients.produce(CLUSTER.addresses(), topic, 0, List.of("a", "b"));
    try (Consumer member =
            Consumer.open(
                TestClients.config(CLUSTER.addresses()),
                group,
                options().delivery(Delivery.MANUAL).build());
        Consumer other = Consumer.open(TestClients.config(CLUSTER.addresses()), group)) {
      member.subscribe(Subscription.to(topic));
      read(member, 2);
      other.assign(List.of(partition));
      assertThatExceptionOfType(FunesException.class)
          .isThrownBy(() -> other.commit(Map.of(partition, 2L)))
          .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_OWNER));

      member.commit();
      admin.kickMember(group, member.memberId());

      assertThatExceptionOfType(CommitFencedException.class)
          .isThrownBy(() -> member.commit(Map.of(partition, 0L)));
      assertThat(other.committed()).containsEntry(partition, 2L);
      other.commit(Map.of(partition, 1L));
    }
  }

  private static List<ConsumedRecord> read(Consumer consumer, int count) {
    List<ConsumedRecord> records = new ArrayList<>();
    await()
        .atMost(LONG)
        .pollInterval(Duration.ofMillis(1))
        .until(
            () -> {
              records.addAll(consumer.poll(SHORT));
              return records.size() >= count;
            });
    return records;
  }

  @Test
  void aPausedGroupReadsNothingUntilItIsResumed() throws InterruptedException {
    try (PacedLoad load = load()) {
      GroupWorker first = join(options());
      awaitShared(first);
      book.awaitMore(100);
      admin.pauseGroup(group);
      assertThat(describe().state()).isEqualTo(GroupState.PAUSED);
      assertThat(admin.listGroups())
          .filteredOn(each -> each.name().equals(group))
          .extracting(GroupInfo::state)
          .containsExactly(GroupState.PAUSED);
      await()
          .atMost(LONG)
          .untilAsserted(
              () -> {
                long before = book.deliveries.get();
                await()
                    .pollDelay(Duration.ofMillis(500))
                    .untilAsserted(() -> assertThat(book.deliveries).hasValue(before));
              });
      assertThat(first.held).hasSize(PARTITIONS);

      admin.resumeGroup(group);
      assertAllIsProcessed(load);
    }
  }

  @Test
  void newTopicsAreReadWithoutARestart() {
    String later = topic + "-later";
    try (Consumer consumer = Consumer.open(TestClients.config(CLUSTER.addresses()), group)) {
      consumer.subscribe(Subscription.toPattern(topic + "-.*"));
      assertThat(consumer.poll(SHORT)).isEmpty();
      admin.createTopic(later, 2, TopicSettings.DEFAULTS);
      TestClients.produce(CLUSTER.addresses(), later, 1, List.of("new"));

      assertThat(read(consumer, 1)).extracting(TestClients::value).containsExactly("new");
      admin.deleteTopic(later);
      await()
          .atMost(LONG)
          .until(() -> consumer.poll(SHORT).isEmpty() && consumer.assignment().isEmpty());
    }
  }

  @Test
  void aResetMovesTheMembersThatRun() {
    TestClients.produce(CLUSTER.addresses(), topic, 3, List.of("a", "b", "c"));
    TopicPartition partition = new TopicPartition(topic, 3);
    try (Consumer consumer =
        Consumer.open(
            TestClients.config(CLUSTER.addresses()),
            group,
            options().commitInterval(Duration.ZERO).build())) {
      consumer.subscribe(Subscription.to(topic));
      read(consumer, 3);
      await()
          .atMost(LONG)
          .until(
              () ->
                  consumer.poll(SHORT).isEmpty()
                      && Long.valueOf(3).equals(consumer.committed().get(partition)));

      Thread reset =
          Thread.ofPlatform()
              .daemon()
              .start(() -> admin.resetOffsets(group, List.of(), new ResetTo.Offset(1), false));
      assertThat(read(consumer, 2)).extracting(TestClients::value).containsExactly("b", "c");
      await().atMost(LONG).until(() -> !reset.isAlive());
      assertThat(describe().partitions())
          .filteredOn(each -> each.partition().equals(partition))
          .extracting(GroupPartition::memberId)
          .containsExactly(consumer.memberId());
    }
  }

  @Test
  void aNewCoordinatorKeepsMembersAndWhatTheyHold() throws InterruptedException {
    try (PacedLoad load = load()) {
      GroupOptions.Builder patient = options().sessionTimeout(Duration.ofSeconds(30));
      GroupWorker first = join(patient);
      GroupWorker second = join(patient.delivery(Delivery.MANUAL));
      awaitShared(first, second);
      Set<TopicPartition> firsts = Set.copyOf(first.held);
      GroupDescription before = describe();
      NodeAddress coordinator = before.coordinator();
      assertThat(coordinator).isNotNull();
      int node = coordinator == null ? 0 : coordinator.nodeId();

      CLUSTER.kill(node);
      book.awaitMore(500);
      CLUSTER.restart(node);
      CLUSTER.awaitLeaders();

      assertAllIsProcessed(load);
      GroupDescription after = describe();
      assertThat(after.generation()).isEqualTo(before.generation());
      assertThat(after.members())
          .extracting(GroupMember::id)
          .containsExactlyElementsOf(before.members().stream().map(GroupMember::id).toList());
      assertThat(first.held).isEqualTo(firsts);
    }
  }

  @Test
  void onlyAnEmptyGroupCanBeDeleted() {
    GroupWorker first = join(options());
    awaitShared(first);
    assertThatExceptionOfType(FunesException.class)
        .isThrownBy(() -> admin.deleteGroup(group))
        .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.GROUP_NOT_EMPTY));
    first.close();
    assertThat(describe().state()).isEqualTo(GroupState.EMPTY);

    admin.deleteGroup(group);

    for (String name : List.of(group, "nobody")) {
      assertThatExceptionOfType(FunesException.class)
          .isThrownBy(() -> admin.describeGroup(name))
          .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.UNKNOWN_GROUP));
      assertThatExceptionOfType(FunesException.class)
          .isThrownBy(() -> admin.pauseGroup(name))
          .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.UNKNOWN_GROUP));
    }
  }
}
