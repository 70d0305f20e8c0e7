package dev.funes.server.coordinator;

import dev.funes.cluster.PartitionId;
import dev.funes.group.GroupRecord;
import dev.funes.group.Held;
import dev.funes.group.Member;
import dev.funes.group.PendingReset;
import dev.funes.replication.OffsetUpdate;
import dev.funes.server.coordinator.EventResult.Done;
import dev.funes.server.coordinator.EventResult.Full;
import dev.funes.server.coordinator.EventResult.Joined;
import dev.funes.server.coordinator.EventResult.Kicked;
import dev.funes.server.coordinator.EventResult.Replaced;
import dev.funes.server.coordinator.EventResult.Resetting;
import dev.funes.server.coordinator.EventResult.UnknownMember;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The next record of a consumer group while events are worked into it. */
final class GroupDraft {
  private final GroupRecord before;
  private final int membersMax;
  private final long nowMillis;
  private final Map<PartitionId, String> sticky;

  /** In the order in which they joined. */
  private List<Member> members;

  private boolean paused;
  private @Nullable PendingReset reset;

  /**
   * @param sticky who should have which partition by the last computation
   */
  GroupDraft(GroupRecord before, Map<PartitionId, String> sticky, int membersMax, long nowMillis) {
    this.before = before;
    this.membersMax = membersMax;
    this.nowMillis = nowMillis;
    this.sticky = new HashMap<>(sticky);
    this.members = new ArrayList<>(before.members());
    this.paused = before.paused();
    this.reset = before.reset();
  }

  EventResult take(GroupEvent event) {
    return switch (event) {
      case GroupEvent.Join(Member member, boolean returning) ->
          returning ? comeBack(member) : join(member);
      case GroupEvent.Leave(String memberId, _) -> remove(index(memberId));
      case GroupEvent.Release release -> release(release);
      case GroupEvent.Kick(String id) -> kick(id);
      case GroupEvent.Pause(boolean pause) -> {
        paused = pause;
        yield new Done();
      }
      case GroupEvent.Reset(OffsetUpdate update) -> reset(update);
      case GroupEvent.Refresh() -> new Done();
    };
  }

  private EventResult join(Member member) {
    int former = indexOfInstance(member.instanceId());
    if (former >= 0) {
      Member replaced = members.get(former);
      members.set(former, member.withHeld(replaced.held()));
      sticky.replaceAll((_, id) -> id.equals(replaced.id()) ? member.id() : id);
      return new Joined(member.id(), replaced.id());
    }
    if (members.size() >= membersMax) {
      return new Full(membersMax);
    }
    members.add(member);
    return new Joined(member.id(), "");
  }

  private EventResult comeBack(Member member) {
    int index = index(member.id());
    if (index < 0) {
      return indexOfInstance(member.instanceId()) >= 0 ? new Replaced() : new UnknownMember();
    }
    Member known = members.get(index);
    Member next =
        new Member(
            known.id(),
            known.instanceId(),
            member.clientId(),
            member.host(),
            member.zone(),
            member.topics(),
            member.topicPattern(),
            member.assignor(),
            member.sessionTimeoutMillis(),
            member.rebalanceTimeoutMillis(),
            known.joinedMillis(),
            known.held());
    if (!next.equals(known)) {
      members.set(index, next);
    }
    return new Joined(known.id(), "");
  }

  private EventResult release(GroupEvent.Release release) {
    int index = index(release.memberId());
    if (index < 0) {
      return new UnknownMember();
    }
    Member member = members.get(index);
    SortedMap<PartitionId, Held> held = new TreeMap<>(member.held());
    if (held.keySet().removeAll(release.partitions())) {
      members.set(index, member.withHeld(held));
    }
    return new Done();
  }

  private EventResult kick(String memberOrInstanceId) {
    int index = index(memberOrInstanceId);
    if (index < 0) {
      index = indexOfInstance(memberOrInstanceId);
    }
    if (index < 0) {
      return new UnknownMember();
    }
    Member kicked = members.remove(index);
    return new Kicked(kicked.id(), kicked.sessionTimeoutMillis());
  }

  private EventResult reset(OffsetUpdate update) {
    if (reset != null) {
      return new Resetting();
    }
    reset = new PendingReset(update.cause(), update.undoneId(), nowMillis, update.targets());
    return new Done();
  }

  private EventResult remove(int index) {
    if (index < 0) {
      return new UnknownMember();
    }
    members.remove(index);
    return new Done();
  }

  private int index(String memberId) {
    for (int i = 0; i < members.size(); i++) {
      if (members.get(i).id().equals(memberId)) {
        return i;
      }
    }
    return -1;
  }

  private int indexOfInstance(String instanceId) {
    for (int i = 0; !instanceId.isEmpty() && i < members.size(); i++) {
      if (members.get(i).instanceId().equals(instanceId)) {
        return i;
      }
    }
    return -1;
  }

  GroupRecord before() {
    return before;
  }

  List<Member> members() {
    return members;
  }

  void replaceMembers(List<Member> settled) {
    members = settled;
  }

  Map<PartitionId, String> sticky() {
    return sticky;
  }

  @Nullable PendingReset pendingReset() {
    return reset;
  }

  void resetDone() {
    reset = null;
  }

  /** The generation, if anyone holds something else than before. */
  long nextGeneration() {
    return before.generation() + 1;
  }

  /** The record that replaces the one before; that one itself when nothing is different. */
  GroupRecord next(boolean storesOffsets) {
    Map<String, SortedMap<PartitionId, Held>> held = held(members);
    boolean moved = !held.equals(held(before.members()));
    long emptySince =
        !members.isEmpty() ? 0 : before.members().isEmpty() ? before.emptySinceMillis() : nowMillis;
    GroupRecord next =
        before.next(
            moved ? nextGeneration() : before.generation(), paused, emptySince, members, reset);
    boolean same =
        !storesOffsets
            && next.members().equals(before.members())
            && next.paused() == before.paused()
            && java.util.Objects.equals(next.reset(), before.reset());
    return same ? before : next;
  }

  private static Map<String, SortedMap<PartitionId, Held>> held(List<Member> members) {
    Map<String, SortedMap<PartitionId, Held>> held = new LinkedHashMap<>();
    for (Member member : members) {
      if (!member.held().isEmpty()) {
        held.put(member.id(), member.held());
      }
    }
    return held;
  }
}
