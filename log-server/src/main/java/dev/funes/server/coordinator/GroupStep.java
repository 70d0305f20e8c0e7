package dev.funes.server.coordinator;

import dev.funes.cluster.PartitionId;
import dev.funes.group.Assignor;
import dev.funes.group.GroupRecord;
import dev.funes.group.Held;
import dev.funes.group.Member;
import dev.funes.group.OffsetTarget;
import dev.funes.group.PendingReset;
import dev.funes.replication.OffsetUpdate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One step of a consumer group: from a record and what happened to the next record. A pure
 * function.
 *
 * <p>A partition has one holder at most. It is taken from a member in two steps: first it is marked
 * as to be released, and when the member has released it, or is gone, it is given to whom it should
 * have. Once marked it is not given back without having been released. What need not move stays as
 * it is.
 *
 * @param next the record before when nothing is different
 * @param offsets what is to be stored with it; null: nothing
 * @param target who should have which partition, to be handed to the next step
 * @param results one for each event, in their order
 */
record GroupStep(
    GroupRecord next,
    @Nullable OffsetUpdate offsets,
    Map<PartitionId, String> target,
    List<EventResult> results) {

  // Written out, so that callers see what may be null.
  GroupStep(
      GroupRecord next,
      @Nullable OffsetUpdate offsets,
      Map<PartitionId, String> target,
      List<EventResult> results) {
    this.next = next;
    this.offsets = offsets;
    this.target = Map.copyOf(target);
    this.results = List.copyOf(results);
  }

  static GroupStep of(
      GroupRecord before,
      List<GroupEvent> events,
      Subscriptions subscriptions,
      Map<PartitionId, String> sticky,
      int membersMax,
      long nowMillis) {
    GroupDraft draft = new GroupDraft(before, sticky, membersMax, nowMillis);
    List<EventResult> results = new ArrayList<>();
    events.forEach(event -> results.add(draft.take(event)));

    Holdings holdings = new Holdings(draft.members());
    holdings.forgetIf(partition -> !subscriptions.mayExist(partition.topicId()));
    Set<PartitionId> resetting = resetting(draft.pendingReset());
    Map<PartitionId, String> target = target(draft, holdings, subscriptions, resetting);
    holdings.revokeIf(
        (member, partition) ->
            resetting.contains(partition)
                || (subscriptions.knows(partition.topicId())
                    && !member.id().equals(target.get(partition))));
    PendingReset reset = draft.pendingReset();
    OffsetUpdate offsets = null;
    Set<PartitionId> kept = resetting; // by nobody
    if (reset != null && resetting.stream().noneMatch(holdings::isHeld)) {
      offsets = new OffsetUpdate(reset.cause(), reset.undoneId(), reset.targets());
      draft.resetDone();
      kept = Set.of();
    }
    for (Map.Entry<PartitionId, String> wish : target.entrySet()) {
      if (!holdings.isHeld(wish.getKey()) && !kept.contains(wish.getKey())) {
        holdings.grant(wish.getKey(), wish.getValue(), draft.nextGeneration());
      }
    }
    draft.replaceMembers(holdings.members());
    return new GroupStep(draft.next(offsets != null), offsets, target, results);
  }

  private static Set<PartitionId> resetting(@Nullable PendingReset reset) {
    Set<PartitionId> partitions = new HashSet<>();
    if (reset != null) {
      for (OffsetTarget each : reset.targets()) {
        partitions.add(new PartitionId(each.topicId(), each.partition()));
      }
    }
    return partitions;
  }

  private static Map<PartitionId, String> target(
      GroupDraft draft,
      Holdings holdings,
      Subscriptions subscriptions,
      Set<PartitionId> resetting) {
    List<Member> members = draft.members();
    if (members.isEmpty()) {
      return Map.of();
    }
    // Who keeps a partition has it; who is to give it up has it not any more, and only the last
    // computation knows who is to get it. A reset gives it back to whom it was taken from.
    Map<PartitionId, String> sticky = new HashMap<>(draft.sticky());
    for (Member member : members) {
      holdings
          .of(member)
          .forEach(
              (partition, held) -> {
                if (!held.revoking()) {
                  sticky.put(partition, member.id());
                } else if (resetting.contains(partition)) {
                  sticky.putIfAbsent(partition, member.id());
                }
              });
    }
    List<Subscriber> subscribers = new ArrayList<>(members.size());
    for (Member member : members) {
      subscribers.add(new Subscriber(member.id(), member.zone(), subscriptions.topicIds(member)));
    }
    Assignor assignor = members.getFirst().assignor();
    return new Spread(subscribers, subscriptions.topics(members), sticky, subscriptions::zones)
        .over(assignor);
  }

  /** Who holds what, while it is changed. */
  private static final class Holdings {
    private interface Test {
      boolean test(Member member, PartitionId partition);
    }

    private final List<Member> members;
    private final Map<String, SortedMap<PartitionId, Held>> changed = new HashMap<>();
    private final Map<String, Member> byId = new HashMap<>();
    private final Set<PartitionId> held = new HashSet<>();

    Holdings(List<Member> members) {
      this.members = members;
      for (Member member : members) {
        byId.put(member.id(), member);
        held.addAll(member.held().keySet());
      }
    }

    SortedMap<PartitionId, Held> of(Member member) {
      SortedMap<PartitionId, Held> own = changed.get(member.id());
      return own == null ? member.held() : own;
    }

    boolean isHeld(PartitionId partition) {
      return held.contains(partition);
    }

    void forgetIf(java.util.function.Predicate<PartitionId> isGone) {
      for (Member member : members) {
        for (PartitionId partition : member.held().keySet()) {
          if (isGone.test(partition)) {
            change(member).remove(partition);
            held.remove(partition);
          }
        }
      }
    }

    void revokeIf(Test test) {
      for (Member member : members) {
        for (Map.Entry<PartitionId, Held> each : List.copyOf(of(member).entrySet())) {
          if (!each.getValue().revoking() && test.test(member, each.getKey())) {
            Held granted = each.getValue();
            change(member).put(each.getKey(), new Held(granted.grantedGeneration(), true));
          }
        }
      }
    }

    void grant(PartitionId partition, String memberId, long generation) {
      Member member = byId.get(memberId);
      if (member == null) {
        throw new IllegalStateException("expected a member, was " + memberId);
      }
      change(member).put(partition, new Held(generation, false));
      held.add(partition);
    }

    private SortedMap<PartitionId, Held> change(Member member) {
      return changed.computeIfAbsent(member.id(), _ -> new TreeMap<>(member.held()));
    }

    List<Member> members() {
      List<Member> settled = new ArrayList<>(members.size());
      for (Member member : members) {
        SortedMap<PartitionId, Held> own = changed.get(member.id());
        settled.add(own == null ? member : member.withHeld(own));
      }
      return settled;
    }
  }
}
