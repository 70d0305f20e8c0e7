package dev.funes.server.coordinator;

import dev.funes.cluster.PartitionId;
import dev.funes.cluster.Topic;
import dev.funes.group.GroupRecord;
import dev.funes.group.Held;
import dev.funes.group.Member;
import dev.funes.server.coordinator.GroupEvent.Why;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The sessions of the members of one consumer group: who is connected, who was heard of when, and
 * who has been told what it holds. Coordinator's thread only.
 */
final class Sessions {
  /** A heartbeat may be lost and the next one late. */
  private static final int HEARTBEATS_PER_SESSION = 3;

  private static final int HEARTBEAT_MILLIS_MAX = 3_000;

  /** Is told of a member whose time is up. */
  interface TimeUp {
    void timeUp(String memberId, Session session, Why why, String message);
  }

  private final String group;
  private final GroupStore store;
  private final LongSupplier elapsedMillis;
  private final Supplier<Subscriptions> subscriptions;
  private final Map<String, Session> byId = new HashMap<>();

  /** Whoever was connected to the coordinator before has a session timeout to come here. */
  Sessions(
      String group,
      GroupRecord record,
      GroupStore store,
      LongSupplier elapsedMillis,
      Supplier<Subscriptions> subscriptions) {
    this.group = group;
    this.store = store;
    this.elapsedMillis = elapsedMillis;
    this.subscriptions = subscriptions;
    record.members().forEach(member -> session(member.id()));
  }

  private Session session(String memberId) {
    return byId.computeIfAbsent(memberId, _ -> new Session(now()));
  }

  private long now() {
    return elapsedMillis.getAsLong();
  }

  /** A stream has joined as this member, which may have another one open. */
  void joined(String memberId, int sessionTimeoutMillis, MemberSink sink) {
    Session session = session(memberId);
    MemberSink former = session.sink();
    if (former != null && !former.equals(sink)) {
      former.ended(GroupProblem.unavailable("the member has opened another stream"));
    }
    if (sink.isOpen()) {
      session.connect(sink, now());
      sink.joined(
          memberId, Math.min(HEARTBEAT_MILLIS_MAX, sessionTimeoutMillis / HEARTBEATS_PER_SESSION));
    } else {
      session.disconnect(now());
    }
  }

  /** The session, when this is its stream; otherwise null. */
  @Nullable Session heard(String memberId, MemberSink sink) {
    Session session = byId.get(memberId);
    if (session == null || !sink.equals(session.sink())) {
      return null;
    }
    session.heard(now());
    return session;
  }

  /** The member releases; when that is what it was to release, its time for it begins anew. */
  boolean releases(
      GroupRecord record, String memberId, MemberSink sink, Set<PartitionId> partitions) {
    Session session = heard(memberId, sink);
    if (session == null) {
      return false;
    }
    for (Member member : record.members()) {
      if (member.id().equals(memberId)
          && member.held().entrySet().stream()
              .anyMatch(each -> each.getValue().revoking() && partitions.contains(each.getKey()))) {
        session.revoking(false, now());
      }
    }
    return true;
  }

  void disconnected(MemberSink sink) {
    for (Session session : byId.values()) {
      if (sink.equals(session.sink())) {
        session.disconnect(now());
      }
    }
  }

  Set<String> connected() {
    Set<String> connected = new HashSet<>();
    byId.forEach(
        (id, session) -> {
          if (session.isConnected()) {
            connected.add(id);
          }
        });
    return connected;
  }

  boolean isAnyUntold() {
    return byId.values().stream().anyMatch(Session::isUntold);
  }

  /** Looks for members that were silent, or did not release, for too long. */
  void tick(GroupRecord record, TimeUp due) {
    long now = now();
    for (Member member : record.members()) {
      Session session = session(member.id());
      if (session.isLeaving()) {
        continue;
      }
      if (session.isSilent(now, member.sessionTimeoutMillis())) {
        String message =
            "nothing was heard of the member for %d ms".formatted(member.sessionTimeoutMillis());
        due.timeUp(member.id(), session, Why.SESSION_ENDED, message);
      } else if (session.isLateToRelease(now, member.rebalanceTimeoutMillis())) {
        String message =
            "the member did not release its partitions within %d ms"
                .formatted(member.rebalanceTimeoutMillis());
        due.timeUp(member.id(), session, Why.RELEASE_TIMED_OUT, message);
      }
    }
  }

  /** The member is none any more. */
  void end(String memberId, GroupProblem problem) {
    Session session = byId.remove(memberId);
    MemberSink sink = session == null ? null : session.sink();
    if (sink != null) {
      sink.ended(problem);
    }
  }

  void endAll(GroupProblem problem) {
    List.copyOf(byId.keySet()).forEach(id -> end(id, problem));
  }

  /** Tells everyone who is connected what it holds, if that is something else than before. */
  void tell(GroupRecord before, GroupRecord record) {
    Map<String, Member> former = new HashMap<>();
    before.members().forEach(member -> former.put(member.id(), member));
    Set<String> ids = new HashSet<>();
    record.members().forEach(member -> ids.add(member.id()));
    byId.keySet().retainAll(ids);
    for (Member member : record.members()) {
      Session session = session(member.id());
      session.revoking(member.held().values().stream().anyMatch(Held::revoking), now());
      Member was = former.get(member.id());
      if (was == null || !was.held().equals(member.held()) || before.paused() != record.paused()) {
        session.untold();
      }
      MemberSink sink = session.sink();
      if (sink != null && session.isUntold() && knowsTopics(member)) {
        session.told();
        sink.assigned(assigned(record, member));
      }
    }
  }

  /** A view that is too old for what a member holds will be followed by one that is not. */
  private boolean knowsTopics(Member member) {
    return member.held().keySet().stream()
        .allMatch(partition -> subscriptions.get().knows(partition.topicId()));
  }

  private Assigned assigned(GroupRecord record, Member member) {
    List<Assigned.Granted> granted = new ArrayList<>();
    List<Assigned.Revoked> revoked = new ArrayList<>();
    member
        .held()
        .forEach(
            (partition, held) -> {
              Topic topic = subscriptions.get().view().topic(partition.topicId());
              if (topic == null) {
                throw new IllegalStateException("expected topic " + partition.topicId());
              }
              if (held.revoking()) {
                revoked.add(new Assigned.Revoked(topic.name(), partition.partition()));
              } else {
                granted.add(
                    new Assigned.Granted(
                        topic.name(),
                        partition.partition(),
                        held.grantedGeneration(),
                        store.offset(group, partition)));
              }
            });
    return new Assigned(record.generation(), granted, revoked, record.paused());
  }
}
