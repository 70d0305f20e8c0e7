package dev.funes.server.coordinator;

import static dev.funes.server.coordinator.SpreadGroup.moved;
import static org.assertj.core.api.Assertions.assertThat;

import dev.funes.cluster.PartitionId;
import dev.funes.cluster.Topic;
import dev.funes.group.Assignor;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What assignors promise, for many consumer groups made up by chance. */
class AssignmentTest {
  private static final int ROUNDS = 300;

  private final Random random = Seed.random("AssignmentTest");

  @Test
  void everyPartitionGoesToOneWhoReadsItAndItIsAsEvenAsCanBe() {
    for (int round = 0; round < ROUNDS; round++) {
      SpreadGroup group = SpreadGroup.byChance(random, random.nextInt(1, 9), random.nextInt(1, 6));
      for (int change = 0; change < 6; change++) {
        for (Assignor assignor : Assignor.values()) {
          Map<PartitionId, String> target = group.spread(assignor);
          group.requireValid(target);
          if (assignor != Assignor.RANGE) {
            group.requireEven(target);
          }
        }
        Assignor assignor = random.nextBoolean() ? Assignor.BALANCED : Assignor.RACK;
        group.held = group.spread(assignor);
        assertThat(group.spread(assignor)).as("stays as it is").isEqualTo(group.held);
        group.changeByChance(random);
      }
    }
  }

  @Test
  void whoJoinsTakesItsShareAndNothingElseMoves() {
    for (int round = 0; round < ROUNDS; round++) {
      SpreadGroup group = SpreadGroup.alike(random.nextInt(1, 12), random.nextInt(1, 60));
      group.held = group.spread(Assignor.BALANCED);
      group.add("new", "", group.topicIds());
      Map<PartitionId, String> target = group.spread(Assignor.BALANCED);
      Map<PartitionId, String> moved = moved(group.held, target);
      assertThat(moved.values()).allMatch("new"::equals);
      assertThat(moved).hasSize(group.partitions().size() / group.members.size());
      group.requireEven(target);
    }
  }

  @Test
  void whenOneLeavesOnlyWhatItHadMoves() {
    for (int round = 0; round < ROUNDS; round++) {
      SpreadGroup group = SpreadGroup.alike(random.nextInt(2, 12), random.nextInt(1, 60));
      group.held = group.spread(Assignor.BALANCED);
      String leaver = group.members.remove(random.nextInt(group.members.size())).memberId();
      Map<PartitionId, String> target = group.spread(Assignor.BALANCED);
      assertThat(moved(group.held, target).keySet())
          .allMatch(each -> leaver.equals(group.held.get(each)));
      group.requireEven(target);
    }
  }

  @Test
  void asLittleMovesAsTheSharesAllow() {
    for (int round = 0; round < ROUNDS; round++) {
      SpreadGroup group = SpreadGroup.alike(random.nextInt(1, 8), random.nextInt(1, 40));
      // Some have too much, some too little, and some partitions are with nobody.
      for (PartitionId partition : group.partitions()) {
        int owner = (int) (Math.pow(random.nextDouble(), 3) * (group.members.size() + 1));
        if (owner < group.members.size()) {
          group.held.put(partition, group.members.get(owner).memberId());
        }
      }
      Map<PartitionId, String> target = group.spread(Assignor.BALANCED);
      group.requireEven(target);
      assertThat(moved(group.held, target)).hasSize(group.fewestMoves());
    }
  }

  @Test
  void rangeGivesNeighboursOfEachTopic() {
    SpreadGroup group = new SpreadGroup();
    Topic ten = group.topic(10);
    Topic two = group.topic(2);
    for (int i = 0; i < 3; i++) {
      group.add("m" + i, "", group.topicIds());
    }
    Map<PartitionId, String> target = group.spread(Assignor.RANGE);
    assertThat(target).containsEntry(ten.partition(3), "m0").containsEntry(ten.partition(4), "m1");
    assertThat(target).containsEntry(ten.partition(6), "m1").containsEntry(ten.partition(7), "m2");
    assertThat(target).containsEntry(ten.partition(9), "m2");
    assertThat(target).containsEntry(two.partition(0), "m0").containsEntry(two.partition(1), "m1");
  }

  @Test
  void rackPrefersTheZoneOfAReplica() {
    SpreadGroup group = zoned();
    for (int i = 0; i < 3; i++) {
      group.add("z" + i, "zone-" + i, group.topicIds());
    }
    Map<PartitionId, String> target = group.spread(Assignor.RACK);
    group.requireEven(target);
    assertThat(target).allSatisfy((each, owner) -> assertThat(owner).isEqualTo(near(each)));

    // Somebody in a zone without replicas has his share all the same.
    group.held = target;
    group.add("far", "elsewhere", group.topicIds());
    Map<PartitionId, String> shared = group.spread(Assignor.RACK);
    group.requireEven(shared);
    assertThat(moved(target, shared))
        .hasSize(3)
        .allSatisfy((_, to) -> assertThat(to).isEqualTo("far"));
  }

  @Test
  void withRackWhoComesTakesWhatIsNear() {
    SpreadGroup group = zoned();
    group.add("z0", "zone-0", group.topicIds());
    group.held = group.spread(Assignor.RACK);
    group.add("z1", "zone-1", group.topicIds());
    Map<PartitionId, String> halves = group.spread(Assignor.RACK);
    group.requireEven(halves);
    Map<PartitionId, String> wellPlaced = new HashMap<>(halves);
    wellPlaced.keySet().removeIf(each -> each.partition() % 3 == 2);
    assertThat(wellPlaced).allSatisfy((each, owner) -> assertThat(owner).isEqualTo(near(each)));
  }

  /** Twelve partitions, each with a replica in one of three zones. */
  private static SpreadGroup zoned() {
    SpreadGroup group = new SpreadGroup();
    group.topic(12);
    group
        .partitions()
        .forEach(each -> group.zones.put(each, Set.of("zone-" + each.partition() % 3)));
    return group;
  }

  private static String near(PartitionId partition) {
    return "z" + partition.partition() % 3;
  }
}
