package dev.funes.server.coordinator;

import static dev.funes.server.coordinator.StepGroup.join;
import static dev.funes.server.coordinator.StepGroup.leave;
import static dev.funes.server.coordinator.StepGroup.member;
import static dev.funes.server.coordinator.StepGroup.reset;
import static org.assertj.core.api.Assertions.assertThat;

import dev.funes.cluster.PartitionId;
import dev.funes.cluster.Topic;
import dev.funes.group.GroupRecord;
import dev.funes.group.Held;
import dev.funes.replication.OffsetUpdate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What a consumer group does, step by step. */
class GroupStepTest {
  private final StepGroup group = new StepGroup();

  @Test
  void aPartitionGoesOverInTwoSteps() {
    Topic topic = group.topic("t", 4);
    group.take(join("a", "t"));
    assertThat(group.granted("a")).hasSize(4);
    assertThat(group.record.generation()).isEqualTo(1);
    assertThat(group.record.emptySinceMillis()).isZero();

    group.take(join("b", "t"));
    assertThat(group.granted("a")).hasSize(2);
    assertThat(group.revoking("a")).hasSize(2);
    assertThat(group.granted("b")).isEmpty();
    Set<PartitionId> moving = group.revoking("a");

    PartitionId one = moving.iterator().next();
    group.take(new GroupEvent.Release("a", Set.of(one)));
    assertThat(group.granted("b")).containsExactly(one);
    assertThat(group.member("b").held().get(one))
        .isEqualTo(new Held(group.record.generation(), false));
    group.settle();
    assertThat(group.granted("b")).isEqualTo(moving);
    assertThat(group.member("a").held().values()).containsOnly(new Held(1, false));
    assertThat(topic.partitionCount()).isEqualTo(4);
  }

  @Test
  void whoGoesLetsGoOfEverythingAtOnce() {
    group.topic("t", 4);
    group.take(join("a", "t"), join("b", "t"));
    group.take(new GroupEvent.Leave("a", GroupEvent.Why.SESSION_ENDED));
    assertThat(group.granted("b")).hasSize(4);
    group.nowMillis = 2_000;
    group.take(leave("b"));
    assertThat(group.record.members()).isEmpty();
    assertThat(group.record.emptySinceMillis()).isEqualTo(2_000);
    assertThat(group.take(leave("b")).results()).containsExactly(new EventResult.UnknownMember());
  }

  @Test
  void nothingNewIsNoStep() {
    group.topic("t", 4);
    group.take(join("a", "t"));
    GroupRecord before = group.record;
    assertThat(group.take(new GroupEvent.Refresh()).next()).isSameAs(before);
    assertThat(group.take(new GroupEvent.Pause(false)).next()).isSameAs(before);
    assertThat(group.take(new GroupEvent.Join(member("a", "", "", "t"), true)).next())
        .isSameAs(before);
  }

  @Test
  void whoComesBackKeepsItsPlaceAndWhoIsUnknownDoesNot() {
    group.topic("t", 4);
    group.topic("u", 2);
    group.take(join("a", "t"), join("b", "t"));
    Set<PartitionId> had = group.granted("a");
    GroupStep step = group.take(new GroupEvent.Join(member("a", "", "", "t", "u"), true));
    assertThat(step.results()).containsExactly(new EventResult.Joined("a", ""));
    assertThat(group.member("a").held().keySet()).containsAll(had).hasSize(4);
    assertThat(group.revoking("a")).as("which b takes, who has less now").hasSize(1);
    assertThat(group.member("a").joinedMillis()).isEqualTo(7);
    assertThat(group.take(new GroupEvent.Join(member("x", "", "", "t"), true)).results())
        .containsExactly(new EventResult.UnknownMember());
  }

  @Test
  void anInstanceTakesOverWhatTheLastOneHeld() {
    group.topic("t", 4);
    group.take(new GroupEvent.Join(member("a", "one", "", "t"), false), join("b", "t"));
    Set<PartitionId> had = group.granted("a");
    long generation = group.record.generation();
    GroupStep step = group.take(new GroupEvent.Join(member("c", "one", "", "t"), false));
    assertThat(step.results()).containsExactly(new EventResult.Joined("c", "a"));
    assertThat(group.granted("c")).isEqualTo(had);
    assertThat(group.record.generation()).isGreaterThan(generation);
    assertThat(group.member("c").held().values())
        .allMatch(held -> held.grantedGeneration() == generation && !held.revoking());
    assertThat(group.record.members().getFirst().id()).as("keeps the place").isEqualTo("c");
    assertThat(group.take(new GroupEvent.Join(member("a", "one", "", "t"), true)).results())
        .containsExactly(new EventResult.Replaced());
  }

  @Test
  void whatIsUnsubscribedIsReleasedFirst() {
    Topic topic = group.topic("t", 2);
    group.take(join("a", "t"));
    group.take(new GroupEvent.Join(member("a", "", "", "u"), true));
    assertThat(group.revoking("a")).hasSize(2);
    group.take(join("b", "t"));
    assertThat(group.granted("b")).isEmpty();
    group.settle();
    assertThat(group.granted("b")).contains(topic.partition(0), topic.partition(1));
    assertThat(group.member("a").held()).isEmpty();
  }

  @Test
  void topicsComeAndGo() {
    group.take(new GroupEvent.Join(member("a", "", "logs-.*", "t"), false));
    assertThat(group.member("a").held()).isEmpty();
    Topic topic = group.topic("t", 2);
    Topic logs = group.topic("logs-1", 3);
    group.topic("other-logs-1", 3);
    group.take(new GroupEvent.Refresh());
    assertThat(group.granted("a")).hasSize(5);
    group.view = group.view.without(logs);
    group.take(new GroupEvent.Refresh());
    assertThat(group.granted("a")).containsExactly(topic.partition(0), topic.partition(1));
  }

  @Test
  void aTopicThatThisViewIsTooOldForStaysWithItsReaders() {
    group.topic("t", 2);
    var old = group.view;
    Topic young = group.topic("u", 2);
    group.take(join("a", "t", "u"));
    group.view = old;
    group.changeCoordinator();
    group.take(new GroupEvent.Refresh(), join("b", "t", "u"));
    assertThat(group.granted("a")).contains(young.partition(0), young.partition(1));
  }

  @Test
  void aResetWaitsForThoseWhoRead() {
    Topic topic = group.topic("t", 4);
    group.take(join("a", "t"), join("b", "t"));
    Set<PartitionId> ofA = group.granted("a");
    GroupStep begun = group.take(reset(List.of(topic.partition(0), topic.partition(1))));
    assertThat(begun.offsets()).isNull();
    assertThat(group.revoking("a").size() + group.revoking("b").size()).isEqualTo(2);
    assertThat(group.take(reset(List.of(topic.partition(3)))).results())
        .containsExactly(new EventResult.Resetting());

    // The next coordinator goes on with it.
    group.changeCoordinator();
    List<GroupStep> steps = new ArrayList<>();
    for (String id : List.of("a", "b")) {
      if (!group.revoking(id).isEmpty()) {
        steps.add(group.take(new GroupEvent.Release(id, group.revoking(id))));
      }
    }
    for (GroupStep early : steps.subList(0, steps.size() - 1)) {
      assertThat(early.offsets()).isNull();
    }
    OffsetUpdate moved = steps.getLast().offsets();
    assertThat(moved == null ? List.of() : moved.targets()).hasSize(2);
    assertThat(group.record.reset()).isNull();
    assertThat(group.allHeld()).hasSize(4);
    assertThat(ofA).hasSize(2);
  }

  @Test
  void aResetGivesPartitionsBackToTheirReaders() {
    Topic topic = group.topic("t", 6);
    group.take(join("a", "t"), join("b", "t"), join("c", "t"));
    Map<PartitionId, Map.Entry<String, Held>> before = group.holders();
    group.take(reset(before.keySet()));
    assertThat(group.granted("a")).isEmpty();
    group.take(new GroupEvent.Release("a", group.revoking("a")));
    assertThat(group.member("a").held()).as("nothing before all have released").isEmpty();
    group.settle();
    Map<PartitionId, Map.Entry<String, Held>> after = group.holders();
    before.forEach(
        (each, holder) -> {
          Map.Entry<String, Held> now = after.getOrDefault(each, holder);
          assertThat(now.getKey()).isEqualTo(holder.getKey());
          assertThat(now.getValue().grantedGeneration())
              .isGreaterThan(holder.getValue().grantedGeneration());
        });
    assertThat(group.allHeld()).hasSize(topic.partitionCount());
  }

  @Test
  void aResetOfAGroupWithoutMembersIsOneStep() {
    Topic topic = group.topic("t", 1);
    GroupStep step = group.take(reset(List.of(topic.partition(0))));
    assertThat(step.offsets()).isNotNull();
    assertThat(step.next().version()).isEqualTo(1);
    assertThat(step.next().reset()).isNull();
  }

  @Test
  void aGroupThatIsFullTakesNobodyButThoseWhoReplaceSomebody() {
    group.topic("t", 1);
    group.take(new GroupEvent.Join(member("a", "one", "", "t"), false));
    for (int i = 1; i < StepGroup.MEMBERS_MAX; i++) {
      group.take(join("m" + i, "t"));
    }
    assertThat(group.take(join("late", "t")).results())
        .containsExactly(new EventResult.Full(StepGroup.MEMBERS_MAX));
    assertThat(group.take(new GroupEvent.Join(member("b", "one", "", "t"), false)).results())
        .containsExactly(new EventResult.Joined("b", "a"));
  }

  @Test
  void whoIsKickedIsNamedByEitherId() {
    group.topic("t", 4);
    group.take(new GroupEvent.Join(member("a", "one", "", "t"), false), join("b", "t"));
    assertThat(group.take(new GroupEvent.Kick("one")).results())
        .containsExactly(new EventResult.Kicked("a", 10_000));
    assertThat(group.granted("b")).hasSize(4);
    assertThat(group.take(new GroupEvent.Kick("one")).results())
        .containsExactly(new EventResult.UnknownMember());
    group.take(new GroupEvent.Kick("b"));
    assertThat(group.record.members()).isEmpty();
  }

  /** Whatever happens: one holder, two steps, and rest in balance when all release. */
  @Test
  void byChance() {
    Random random = Seed.random("GroupStepTest");
    for (int round = 0; round < 100; round++) {
      StepGroup group = new StepGroup();
      List<String> names = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        names.add(group.topic("t" + i, random.nextInt(1, 9)).name());
      }
      for (int i = 0; i < 60; i++) {
        Map<PartitionId, Map.Entry<String, Held>> before = group.holders();
        GroupRecord was = group.record;
        if (random.nextInt(20) == 0) {
          group.changeCoordinator();
        }
        GroupStep step = group.take(events(group, names, random));
        requireTwoSteps(group, before, step);
        assertThat(group.record.version() - was.version()).isBetween(0L, 1L);
        assertThat(group.record.generation()).isGreaterThanOrEqualTo(was.generation());
        if (!group.holders().equals(before)) {
          assertThat(group.record.generation()).isEqualTo(was.generation() + 1);
        }
      }
      group.settle();
      requireBalance(group);
    }
  }

  private static GroupEvent[] events(StepGroup group, List<String> names, Random random) {
    List<GroupEvent> events = new ArrayList<>();
    for (int i = random.nextInt(1, 4); i > 0; i--) {
      String[] topics = names.stream().filter(_ -> random.nextInt(3) > 0).toArray(String[]::new);
      String some =
          group.record.members().isEmpty()
              ? "nobody"
              : group.record.members().get(random.nextInt(group.record.members().size())).id();
      events.add(
          switch (random.nextInt(8)) {
            case 0, 1 -> join("m" + random.nextInt(1_000_000), topics);
            case 2 ->
                new GroupEvent.Join(
                    member("i" + random.nextInt(1_000_000), "i" + random.nextInt(3), "", topics),
                    false);
            case 3 -> leave(some);
            case 4 -> new GroupEvent.Join(member(some, "", "t[12]", topics), true);
            case 5 -> reset(random(group, random));
            default ->
                new GroupEvent.Release(
                    some, some.equals("nobody") ? Set.of() : group.revoking(some));
          });
    }
    return events.toArray(GroupEvent[]::new);
  }

  private static Set<PartitionId> random(StepGroup group, Random random) {
    Set<PartitionId> some = new TreeSet<>(group.allHeld());
    some.removeIf(_ -> random.nextBoolean());
    return some;
  }

  /** Who had a partition has it still, or is gone, or has released it. */
  private static void requireTwoSteps(
      StepGroup group, Map<PartitionId, Map.Entry<String, Held>> before, GroupStep step) {
    Map<PartitionId, Map.Entry<String, Held>> now = group.holders();
    Set<String> ids = new HashSet<>();
    group.record.members().forEach(member -> ids.add(member.id()));
    before.forEach(
        (partition, holder) -> {
          Map.Entry<String, Held> holds = now.get(partition);
          boolean same = holds != null && holds.getKey().equals(holder.getKey());
          if (!same && ids.contains(holder.getKey())) {
            assertThat(holder.getValue().revoking()).as("%s was marked", partition).isTrue();
          }
          if (holds != null && same && !holder.getValue().revoking()) {
            assertThat(holds.getValue().grantedGeneration())
                .isEqualTo(holder.getValue().grantedGeneration());
          }
        });
    assertThat(step.next().reset() != null && step.offsets() != null).isFalse();
  }

  private static void requireBalance(StepGroup group) {
    Map<PartitionId, Map.Entry<String, Held>> holders = group.holders();
    Subscriptions subscriptions = new Subscriptions(group.view);
    assertThat(group.record.reset()).isNull();
    for (Topic topic : subscriptions.topics(group.record.members())) {
      for (int number = 0; number < topic.partitionCount(); number++) {
        assertThat(holders).containsKey(topic.partition(number));
      }
    }
    holders.forEach(
        (partition, holder) -> {
          assertThat(holder.getValue().revoking()).isFalse();
          int most = group.member(holder.getKey()).held().size();
          int least =
              group.record.members().stream()
                  .filter(each -> subscriptions.topicIds(each).contains(partition.topicId()))
                  .map(each -> each.held().size())
                  .min(Comparator.naturalOrder())
                  .orElseThrow();
          assertThat(most - least).isLessThanOrEqualTo(1);
        });
  }
}
