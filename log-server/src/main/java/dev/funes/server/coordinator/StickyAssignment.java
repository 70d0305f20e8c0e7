package dev.funes.server.coordinator;

import dev.funes.cluster.PartitionId;
import dev.funes.cluster.Topic;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * As even as can be, moving as little as can be.
 *
 * <p>Everyone keeps what he has; what nobody has goes to those who have least; and then partitions
 * move from owners who have at least two more than somebody else who could take one, directly or by
 * way of others when they read different topics. When no such way is left, no spread is more even:
 * among readers of the same topics the difference is at most one.
 */
final class StickyAssignment {
  /** Somebody who may own partitions. */
  private static final class Owner {
    final Subscriber member;
    final Map<Long, TreeSet<PartitionId>> byTopic = new HashMap<>();
    int load;
    boolean settled; // nothing can be moved from it or from whom it could hand on to
    @Nullable Owner from; // on the way that is being looked for
    int lookedAt;

    Owner(Subscriber member) {
      this.member = member;
    }

    void take(PartitionId partition) {
      byTopic.computeIfAbsent(partition.topicId(), _ -> new TreeSet<>()).add(partition);
      load++;
    }

    void give(PartitionId partition) {
      TreeSet<PartitionId> ofTopic = byTopic.get(partition.topicId());
      if (ofTopic == null || !ofTopic.remove(partition)) {
        throw new IllegalStateException("expected " + member + " to own " + partition);
      }
      if (ofTopic.isEmpty()) {
        byTopic.remove(partition.topicId());
      }
      load--;
    }
  }

  private final Spread spread;
  private final BiPredicate<String, PartitionId> isNear;
  private final List<Owner> owners = new ArrayList<>();
  private final Map<Long, List<Owner>> readers = new HashMap<>();
  private int searches;

  private StickyAssignment(Spread spread, BiPredicate<String, PartitionId> isNear) {
    this.spread = spread;
    this.isNear = isNear;
    for (Subscriber member : spread.members()) {
      Owner owner = new Owner(member);
      owners.add(owner);
      for (Long topicId : member.topicIds()) {
        readers.computeIfAbsent(topicId, _ -> new ArrayList<>()).add(owner);
      }
    }
  }

  /**
   * Who should have which partition.
   *
   * @param isNear whether a zone has a replica of a partition; where it stays even, such members
   *     are preferred
   */
  static Map<PartitionId, String> of(Spread spread, BiPredicate<String, PartitionId> isNear) {
    StickyAssignment assignment = new StickyAssignment(spread, isNear);
    assignment.place(assignment.keep());
    assignment.balance();
    return assignment.target();
  }

  /** Everyone keeps what he has; returns what nobody has. */
  private List<PartitionId> keep() {
    Map<String, Owner> byId = new HashMap<>();
    owners.forEach(owner -> byId.put(owner.member.memberId(), owner));
    List<PartitionId> left = new ArrayList<>();
    for (Topic topic : spread.topics()) {
      for (int number = 0; number < topic.partitionCount(); number++) {
        PartitionId partition = topic.partition(number);
        Owner owner = byId.get(spread.sticky().getOrDefault(partition, ""));
        if (owner != null && owner.member.topicIds().contains(topic.topicId())) {
          owner.take(partition);
        } else if (readers.containsKey(topic.topicId())) {
          left.add(partition);
        }
      }
    }
    return left;
  }

  private void place(List<PartitionId> left) {
    // Those with the least choice first.
    left.sort(
        Comparator.<PartitionId>comparingInt(each -> readersOf(each).size())
            .thenComparing(Comparator.naturalOrder()));
    int all = left.size() + owners.stream().mapToInt(owner -> owner.load).sum();
    int fair = owners.isEmpty() ? 0 : (all + owners.size() - 1) / owners.size();
    List<PartitionId> far = new ArrayList<>();
    for (PartitionId partition : left) {
      Owner near = leastLoaded(partition, true);
      if (near != null && near.load < fair) {
        near.take(partition);
      } else {
        far.add(partition);
      }
    }
    for (PartitionId partition : far) {
      Owner least = leastLoaded(partition, false);
      if (least != null) {
        least.take(partition);
      }
    }
  }

  private @Nullable Owner leastLoaded(PartitionId partition, boolean nearOnly) {
    Owner least = null;
    for (Owner reader : readersOf(partition)) {
      if ((least == null || reader.load < least.load)
          && (!nearOnly || isNear.test(reader.member.zone(), partition))) {
        least = reader;
      }
    }
    return least;
  }

  private List<Owner> readersOf(PartitionId partition) {
    return readers.getOrDefault(partition.topicId(), List.of());
  }

  private void balance() {
    for (Owner most = mostLoaded(); most != null; most = mostLoaded()) {
      Owner least = reachable(most);
      if (least == null) {
        // All that could be reached have at least one less than this one, and stay so.
        owners.forEach(owner -> owner.settled |= owner.lookedAt == searches);
      } else {
        shift(most, least);
      }
    }
  }

  private @Nullable Owner mostLoaded() {
    Owner most = null;
    for (Owner owner : owners) {
      if (!owner.settled && (most == null || owner.load > most.load)) {
        most = owner;
      }
    }
    return most;
  }

  /** By the shortest way to somebody who has at least two less; null when there is none. */
  private @Nullable Owner reachable(Owner start) {
    searches++;
    start.from = null;
    start.lookedAt = searches;
    Set<Long> topics = new HashSet<>();
    ArrayDeque<Owner> level = new ArrayDeque<>(List.of(start));
    while (!level.isEmpty()) {
      ArrayDeque<Owner> next = new ArrayDeque<>();
      Owner least = null;
      for (Owner owner : level) {
        for (Long topicId : owner.byTopic.keySet()) {
          if (topics.add(topicId)) {
            for (Owner reader : readers.getOrDefault(topicId, List.of())) {
              if (!reader.settled && reader.lookedAt != searches) {
                reader.lookedAt = searches;
                reader.from = owner;
                next.add(reader);
                least = least == null || reader.load < least.load ? reader : least;
              }
            }
          }
        }
      }
      if (least != null && least.load <= start.load - 2) {
        return least;
      }
      level = next;
    }
    return null;
  }

  private void shift(Owner start, Owner end) {
    Owner to = end;
    while (to != start) {
      Owner from = to.from;
      if (from == null) {
        throw new IllegalStateException("expected a way from " + start.member);
      }
      PartitionId partition = choose(from, to);
      from.give(partition);
      to.take(partition);
      to = from;
    }
  }

  /** The one that moves best: back to where it was, or not from where it was, or nearer. */
  private PartitionId choose(Owner from, Owner to) {
    PartitionId best = null;
    int bestScore = Integer.MIN_VALUE;
    for (Map.Entry<Long, TreeSet<PartitionId>> ofTopic : from.byTopic.entrySet()) {
      if (to.member.topicIds().contains(ofTopic.getKey())) {
        for (PartitionId partition : ofTopic.getValue()) {
          int score = score(partition, from, to);
          if (best == null
              || score > bestScore
              || (score == bestScore && partition.compareTo(best) > 0)) {
            best = partition;
            bestScore = score;
          }
        }
      }
    }
    if (best == null) {
      throw new IllegalStateException("expected a partition for " + to.member);
    }
    return best;
  }

  private int score(PartitionId partition, Owner from, Owner to) {
    String had = spread.sticky().get(partition);
    int score = 0;
    if (to.member.memberId().equals(had)) {
      score += 16;
    }
    if (!from.member.memberId().equals(had)) {
      score += 8;
    }
    if (isNear.test(to.member.zone(), partition)) {
      score += 2;
    }
    if (!isNear.test(from.member.zone(), partition)) {
      score += 1;
    }
    return score;
  }

  private Map<PartitionId, String> target() {
    Map<PartitionId, String> target = new HashMap<>();
    for (Owner owner : owners) {
      for (TreeSet<PartitionId> ofTopic : owner.byTopic.values()) {
        ofTopic.forEach(partition -> target.put(partition, owner.member.memberId()));
      }
    }
    return target;
  }
}
