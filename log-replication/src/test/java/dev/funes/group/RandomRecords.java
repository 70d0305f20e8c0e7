package dev.funes.group;

import dev.funes.cluster.PartitionId;
import dev.funes.state.OffsetCause;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Records that could be, of few members and partitions. */
public final class RandomRecords {

  private static final List<String> ZONES = List.of("", "a", "bé");

  private RandomRecords() {}

  /** One that replaces the record before: members come, go and take partitions over. */
  public static GroupRecord after(GroupRecord before, Random random) {
    long generation = before.generation() + random.nextInt(3);
    List<PartitionId> free = new ArrayList<>();
    for (int topic = 1; topic <= 3; topic++) {
      for (int partition = 0; partition < 3; partition++) {
        free.add(new PartitionId(topic, partition));
      }
    }
    List<Member> members = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      if (random.nextBoolean()) {
        members.add(member("member-" + i, generation, free, random));
      }
    }
    return before.next(
        generation,
        random.nextInt(4) == 0,
        members.isEmpty() ? random.nextInt(1_000_000) : 0,
        members,
        random.nextInt(4) == 0 ? reset(random) : null);
  }

  private static Member member(String id, long generation, List<PartitionId> free, Random random) {
    SortedSet<String> topics = new TreeSet<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      topics.add("topic-" + random.nextInt(3));
    }
    SortedMap<PartitionId, Held> held = new TreeMap<>();
    for (int i = random.nextInt(4); i > 0 && !free.isEmpty(); i--) {
      held.put(
          free.remove(random.nextInt(free.size())),
          new Held(Math.max(0, generation - random.nextInt(3)), random.nextInt(4) == 0));
    }
    return new Member(
        id,
        random.nextBoolean() ? "" : "instance-" + random.nextInt(5),
        "client",
        "127.0.0.1",
        ZONES.get(random.nextInt(ZONES.size())),
        topics,
        random.nextBoolean() ? "" : "orders\\..*",
        Assignor.of(random.nextInt(3)),
        1 + random.nextInt(1_800_000),
        1 + random.nextInt(3_600_000),
        random.nextLong(1L << 42),
        held);
  }

  private static PendingReset reset(Random random) {
    return new PendingReset(
        OffsetCause.RESET, random.nextInt(3), random.nextLong(1L << 42), targets(random));
  }

  /** Each partition once. */
  public static List<OffsetTarget> targets(Random random) {
    List<OffsetTarget> targets = new ArrayList<>();
    for (int topic = 1; topic <= 3; topic++) {
      for (int partition = 0; partition < 3; partition++) {
        if (random.nextInt(3) == 0) {
          @Nullable Long offset = random.nextInt(3) == 0 ? null : random.nextLong(1L << 40);
          targets.add(new OffsetTarget(topic, partition, offset));
        }
      }
    }
    return targets;
  }
}
