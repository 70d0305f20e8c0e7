package dev.funes.server.coordinator;

import dev.funes.cluster.PartitionId;
import dev.funes.cluster.Topic;
import dev.funes.group.GroupRecord;
import dev.funes.group.Held;
import dev.funes.group.Member;
import dev.funes.replication.OffsetUpdate;
import dev.funes.replication.Outcome;
import dev.funes.server.coordinator.GroupEvent.Why;
import dev.funes.server.coordinator.GroupProblem.Kind;
import dev.funes.state.HistoryEntry;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One consumer group while this node coordinates it: the record as it is stored, the sessions of
 * its members, and what has happened since. Coordinator's thread only.
 *
 * <p>One change is under way at a time; what happens meanwhile goes into the next one, together.
 * Members are told of a change when it is stored, and not before.
 */
final class LiveGroup {
  /** A heartbeat may be lost and the next one late. */
  private static final int HEARTBEATS_PER_SESSION = 3;

  private static final int HEARTBEAT_MILLIS_MAX = 3_000;

  /** What a group needs of the coordinator. */
  interface Surroundings {
    /** By a clock that stands still while the process does. */
    long elapsedMillis();

    long nowMillis();

    Subscriptions subscriptions();

    String freshId(String clientId);

    <T> void whenDone(CompletableFuture<T> future, Consumer<@Nullable T> then);

    /** Behind what the coordinator has been asked already, so that it is taken together. */
    void soon(Runnable task);

    void later(long millis, Runnable task);

    /** The group has nothing to keep in memory, or must be read again. */
    void forget(LiveGroup group);
  }

  private record Queued(
      GroupEvent event, Consumer<EventResult> then, Consumer<GroupProblem> failed) {}

  private final String name;
  private final GroupStore store;
  private final Surroundings coordinator;
  private final Map<String, Session> sessions = new HashMap<>();
  private final ArrayDeque<Queued> queue = new ArrayDeque<>();
  private final List<CompletableFuture<Void>> deletions = new ArrayList<>();
  private final List<CompletableFuture<OffsetsUpdated>> resets = new ArrayList<>();
  private GroupRecord record;
  private Map<PartitionId, String> target = Map.of();
  private boolean underWay;
  private boolean advancing;
  private boolean closed;

  LiveGroup(String name, GroupRecord record, GroupStore store, Surroundings coordinator) {
    this.name = name;
    this.record = record;
    this.store = store;
    this.coordinator = coordinator;
    // Whoever was connected to the coordinator before has a session timeout to come here.
    for (Member member : record.members()) {
      sessions.put(member.id(), new Session(coordinator.elapsedMillis()));
    }
  }

  String name() {
    return name;
  }

  GroupRecord record() {
    return record;
  }

  GroupSnapshot snapshot() {
    Set<String> connected = new HashSet<>();
    sessions.forEach(
        (id, session) -> {
          if (session.isConnected()) {
            connected.add(id);
          }
        });
    Set<PartitionId> subscribed = new HashSet<>(target.keySet());
    record.members().forEach(member -> subscribed.addAll(member.held().keySet()));
    return new GroupSnapshot(record, connected, subscribed);
  }

  void join(Joining joining, MemberSink sink) {
    boolean returning = !joining.memberId().isEmpty();
    Member member =
        new Member(
            returning ? joining.memberId() : coordinator.freshId(joining.clientId()),
            joining.instanceId(),
            joining.clientId(),
            joining.host(),
            joining.zone(),
            joining.topics(),
            joining.topicPattern(),
            joining.assignor(),
            joining.sessionTimeoutMillis(),
            joining.rebalanceTimeoutMillis(),
            coordinator.nowMillis(),
            new TreeMap<>());
    happened(
        new GroupEvent.Join(member, returning),
        result -> joined(joining, sink, result),
        sink::ended);
  }

  private void joined(Joining joining, MemberSink sink, EventResult result) {
    switch (result) {
      case EventResult.Joined(String memberId, String formerId) -> {
        end(formerId, new Kind.Replaced(), "another process has joined with the same instance id");
        Session session =
            sessions.computeIfAbsent(memberId, _ -> new Session(coordinator.elapsedMillis()));
        MemberSink former = session.sink();
        if (former != null && !former.equals(sink)) {
          former.ended(problem(new Kind.Unavailable(), "the member has opened another stream"));
        }
        if (sink.isOpen()) {
          session.connect(sink, coordinator.elapsedMillis());
          sink.joined(memberId, heartbeatMillis(joining.sessionTimeoutMillis()));
        } else {
          session.disconnect(coordinator.elapsedMillis());
        }
      }
      case EventResult.Replaced() ->
          sink.ended(
              problem(new Kind.Replaced(), "another process has joined with the same instance id"));
      case EventResult.Full(int membersMax) ->
          sink.ended(
              problem(
                  new Kind.MembersFull(membersMax),
                  "group %s has %d members, as many as group-members-max allows"
                      .formatted(name, membersMax)));
      default -> sink.ended(unknownMember(joining.memberId()));
    }
  }

  private static int heartbeatMillis(int sessionTimeoutMillis) {
    return Math.min(HEARTBEAT_MILLIS_MAX, sessionTimeoutMillis / HEARTBEATS_PER_SESSION);
  }

  void heartbeat(String memberId, MemberSink sink) {
    if (heard(memberId, sink) != null) {
      sink.heartbeat(record.generation());
    }
  }

  /** The session, when this is its stream; otherwise null. */
  @Nullable Session heard(String memberId, MemberSink sink) {
    Session session = sessions.get(memberId);
    if (session == null || !sink.equals(session.sink())) {
      return null;
    }
    session.heard(coordinator.elapsedMillis());
    return session;
  }

  void release(String memberId, MemberSink sink, Set<PartitionId> partitions) {
    Session session = heard(memberId, sink);
    if (session != null) {
      if (isRevoked(memberId, partitions)) {
        session.revoking(false, coordinator.elapsedMillis()); // it is at it: time begins anew
      }
      happened(new GroupEvent.Release(memberId, partitions), _ -> {}, _ -> {});
    }
  }

  private boolean isRevoked(String memberId, Set<PartitionId> partitions) {
    for (Member member : record.members()) {
      if (member.id().equals(memberId)) {
        return member.held().entrySet().stream()
            .anyMatch(each -> each.getValue().revoking() && partitions.contains(each.getKey()));
      }
    }
    return false;
  }

  /** Who has an instance id comes back, and keeps what it holds for its session timeout. */
  void leave(String memberId, MemberSink sink) {
    Session session = heard(memberId, sink);
    if (session == null || session.isLeaving()) {
      return;
    }
    if (record.members().stream()
        .anyMatch(member -> member.id().equals(memberId) && !member.instanceId().isEmpty())) {
      session.disconnect(coordinator.elapsedMillis());
      sink.left();
      return;
    }
    session.leaving();
    happened(new GroupEvent.Leave(memberId, Why.ITSELF), _ -> sink.left(), sink::ended);
  }

  void disconnected(MemberSink sink) {
    for (Session session : sessions.values()) {
      if (sink.equals(session.sink())) {
        session.disconnect(coordinator.elapsedMillis());
      }
    }
  }

  CompletableFuture<Void> kick(String memberOrInstanceId) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    happened(
        new GroupEvent.Kick(memberOrInstanceId),
        result -> {
          if (result instanceof EventResult.Kicked(String memberId)) {
            end(memberId, new Kind.Kicked(), "the member was sent away by an operator");
            done.complete(null);
          } else {
            done.completeExceptionally(unknownMember(memberOrInstanceId));
          }
        },
        done::completeExceptionally);
    return done;
  }

  CompletableFuture<Void> pause(boolean paused) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    happened(new GroupEvent.Pause(paused), _ -> done.complete(null), done::completeExceptionally);
    return done;
  }

  CompletableFuture<OffsetsUpdated> updateOffsets(OffsetUpdate update) {
    CompletableFuture<OffsetsUpdated> done = new CompletableFuture<>();
    happened(
        new GroupEvent.Reset(update),
        result -> {
          if (result instanceof EventResult.Resetting) {
            done.completeExceptionally(
                problem(new Kind.Resetting(), "another reset of group " + name + " is under way"));
          } else {
            resets.add(done);
          }
        },
        done::completeExceptionally);
    return done;
  }

  CompletableFuture<Void> delete() {
    CompletableFuture<Void> done = new CompletableFuture<>();
    deletions.add(done);
    advanceSoon();
    return done;
  }

  /** The topics changed, or this coordinator has just begun. */
  void refresh() {
    happened(new GroupEvent.Refresh(), _ -> {}, _ -> {});
  }

  /** Lets go of the memory unless there are members or something is to be done. */
  void forgetWhenIdle() {
    advanceSoon();
  }

  boolean reads(Set<String> topicNames) {
    return sessions.values().stream().anyMatch(Session::isUntold)
        || record.members().stream()
            .anyMatch(
                member ->
                    !member.topicPattern().isEmpty()
                        || member.topics().stream().anyMatch(topicNames::contains));
  }

  /** Sends those away whose time is up. */
  void tick() {
    long now = coordinator.elapsedMillis();
    for (Member member : record.members()) {
      Session session = sessions.computeIfAbsent(member.id(), _ -> new Session(now));
      if (session.isLeaving()) {
        continue;
      }
      if (session.isSilent(now, member.sessionTimeoutMillis())) {
        String message =
            "nothing was heard of the member for %d ms".formatted(member.sessionTimeoutMillis());
        timeUp(member.id(), session, Why.SESSION_ENDED, message);
      } else if (session.isLateToRelease(now, member.rebalanceTimeoutMillis())) {
        String message =
            "the member did not release its partitions within %d ms"
                .formatted(member.rebalanceTimeoutMillis());
        timeUp(member.id(), session, Why.RELEASE_TIMED_OUT, message);
      }
    }
  }

  private void timeUp(String memberId, Session session, Why why, String message) {
    session.leaving();
    happened(
        new GroupEvent.Leave(memberId, why),
        _ -> end(memberId, new Kind.UnknownMember(), message),
        _ -> session.staying());
  }

  private void happened(
      GroupEvent event, Consumer<EventResult> then, Consumer<GroupProblem> failed) {
    queue.add(new Queued(event, then, failed));
    advanceSoon();
  }

  private void advanceSoon() {
    if (!advancing && !underWay) {
      advancing = true;
      coordinator.soon(
          () -> {
            advancing = false;
            advance();
          });
    }
  }

  private void advance() {
    if (underWay || closed) {
      return;
    }
    if (!queue.isEmpty()) {
      step(List.copyOf(queue));
    } else if (!deletions.isEmpty()) {
      deleteNow();
    } else if (record.members().isEmpty() && resets.isEmpty()) {
      closed = true;
      coordinator.forget(this);
    }
  }

  private void step(List<Queued> taken) {
    queue.clear();
    underWay = true;
    GroupStep step =
        GroupStep.of(
            record,
            taken.stream().map(Queued::event).toList(),
            coordinator.subscriptions(),
            target,
            store.membersMax(),
            coordinator.nowMillis());
    if (step.next().version() == record.version()) {
      finish(taken, step, 0);
      return;
    }
    coordinator.whenDone(
        store.update(name, record.version(), step.next(), step.offsets()),
        outcome -> {
          switch (outcome) {
            case Outcome.GroupUpdated(_, long historyId) -> finish(taken, step, historyId);
            case Outcome.Busy(long millis) -> again(millis, taken);
            case Outcome.Invalid(String why) -> refuseJoins(taken, why);
            case null, default -> {
              GroupProblem problem = problem(outcome);
              taken.forEach(each -> each.failed.accept(problem));
              close(problem);
            }
          }
        });
  }

  /** The record would not fit into a command; those who are members go on with what they have. */
  private void refuseJoins(List<Queued> taken, String why) {
    GroupProblem problem =
        problem(new Kind.TooLarge(), "group %s would become too large: %s".formatted(name, why));
    boolean joins = taken.stream().anyMatch(each -> each.event instanceof GroupEvent.Join);
    List<Queued> since = List.copyOf(queue);
    queue.clear();
    for (Queued each : taken) {
      if (!joins || each.event instanceof GroupEvent.Join) {
        each.failed.accept(problem);
      } else {
        queue.add(each);
      }
    }
    queue.addAll(since);
    underWay = false;
    advance();
  }

  private void again(long millis, List<Queued> taken) {
    coordinator.later(
        Math.max(1, millis),
        () -> {
          if (closed) {
            GroupProblem problem = problem(new Kind.Unavailable(), "the coordinator has changed");
            taken.forEach(each -> each.failed.accept(problem));
            return;
          }
          List<Queued> since = List.copyOf(queue);
          queue.clear();
          queue.addAll(taken);
          queue.addAll(since);
          underWay = false;
          advance();
        });
  }

  private void finish(List<Queued> taken, GroupStep step, long historyId) {
    if (closed) {
      GroupProblem unknown =
          problem(new Kind.UnknownOutcome(), "the coordinator changed while it was under way");
      taken.forEach(each -> each.failed.accept(unknown));
      return;
    }
    GroupRecord before = record;
    record = step.next();
    target = step.target();
    for (int i = 0; i < taken.size(); i++) {
      taken.get(i).then.accept(step.results().get(i));
    }
    Set<String> ids = new HashSet<>();
    record.members().forEach(member -> ids.add(member.id()));
    sessions.keySet().retainAll(ids);
    tellMembers(before);
    if (step.offsets() != null) {
      HistoryEntry entry = historyId == 0 ? null : store.history(name, historyId);
      OffsetsUpdated updated =
          new OffsetsUpdated(historyId, entry == null ? List.of() : entry.changes());
      resets.forEach(each -> each.complete(updated));
      resets.clear();
    }
    underWay = false;
    advance();
  }

  private void tellMembers(GroupRecord before) {
    long now = coordinator.elapsedMillis();
    Map<String, Member> former = new HashMap<>();
    before.members().forEach(member -> former.put(member.id(), member));
    for (Member member : record.members()) {
      Session session = sessions.computeIfAbsent(member.id(), _ -> new Session(now));
      session.revoking(member.held().values().stream().anyMatch(Held::revoking), now);
      Member was = former.get(member.id());
      boolean changed =
          was == null || !was.held().equals(member.held()) || before.paused() != record.paused();
      MemberSink sink = session.sink();
      if (changed) {
        session.untold();
      }
      if (sink != null && session.isUntold() && knowsTopics(member)) {
        session.told();
        sink.assigned(assigned(member));
      }
    }
  }

  /** A view that is too old for what a member holds will be followed by one that is not. */
  private boolean knowsTopics(Member member) {
    return member.held().keySet().stream()
        .allMatch(partition -> coordinator.subscriptions().knows(partition.topicId()));
  }

  private Assigned assigned(Member member) {
    List<Assigned.Granted> granted = new ArrayList<>();
    List<Assigned.Revoked> revoked = new ArrayList<>();
    member
        .held()
        .forEach(
            (partition, held) -> {
              Topic topic = coordinator.subscriptions().view().topic(partition.topicId());
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
                        store.offset(name, partition)));
              }
            });
    return new Assigned(record.generation(), granted, revoked, record.paused());
  }

  private void deleteNow() {
    List<CompletableFuture<Void>> taken = List.copyOf(deletions);
    deletions.clear();
    if (!record.members().isEmpty()) {
      int count = record.members().size();
      GroupProblem notEmpty =
          problem(
              new Kind.NotEmpty(count),
              "group %s has %d members; only an empty one can be deleted".formatted(name, count));
      taken.forEach(each -> each.completeExceptionally(notEmpty));
      return;
    }
    underWay = true;
    coordinator.whenDone(
        store.delete(name, record.version()),
        outcome -> {
          if (outcome instanceof Outcome.Done) {
            record = GroupRecord.empty(coordinator.nowMillis());
            taken.forEach(each -> each.complete(null));
            underWay = false;
            advance();
          } else {
            GroupProblem problem = problem(outcome);
            taken.forEach(each -> each.completeExceptionally(problem));
            close(problem);
          }
        });
  }

  /** Ends the streams of all members and refuses what waits; the record stays as it is stored. */
  void close(GroupProblem problem) {
    if (closed) {
      return;
    }
    closed = true;
    coordinator.forget(this);
    for (Session session : sessions.values()) {
      MemberSink sink = session.sink();
      if (sink != null) {
        sink.ended(problem);
      }
    }
    sessions.clear();
    queue.forEach(each -> each.failed.accept(problem));
    queue.clear();
    deletions.forEach(each -> each.completeExceptionally(problem));
    // What was asked for is stored with the record, and the next coordinator goes on with it.
    GroupProblem unknown =
        problem(new Kind.UnknownOutcome(), "the coordinator changed while the reset was under way");
    resets.forEach(each -> each.completeExceptionally(unknown));
  }

  private void end(String memberId, Kind kind, String message) {
    Session session = sessions.remove(memberId);
    MemberSink sink = session == null ? null : session.sink();
    if (sink != null) {
      sink.ended(problem(kind, message));
    }
  }

  private GroupProblem problem(@Nullable Outcome outcome) {
    return switch (outcome) {
      case Outcome.NotLeader(var leader, boolean unknown) ->
          unknown
              ? problem(new Kind.UnknownOutcome(), "leadership moved while it was under way")
              : problem(new Kind.NotCoordinator(leader), "another node coordinates group " + name);
      case Outcome.VersionConflict _ ->
          problem(new Kind.Unavailable(), "group " + name + " changed meanwhile");
      case null, default ->
          problem(new Kind.UnknownOutcome(), "it is not known whether it was stored: " + outcome);
    };
  }

  private GroupProblem unknownMember(String id) {
    return problem(
        new Kind.UnknownMember(), "group %s has no member %s (any more)".formatted(name, id));
  }

  private static GroupProblem problem(Kind kind, String message) {
    return new GroupProblem(kind, message);
  }
}
