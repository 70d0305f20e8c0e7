package dev.funes.server.coordinator;

import dev.funes.cluster.PartitionId;
import dev.funes.group.GroupRecord;
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
  private record Queued(
      GroupEvent event, Consumer<EventResult> then, Consumer<GroupProblem> failed) {}

  private final String name;
  private final GroupStore store;
  private final Surroundings coordinator;
  private final Sessions sessions;
  private final ArrayDeque<Queued> queue = new ArrayDeque<>();
  private final List<CompletableFuture<Void>> deletions = new ArrayList<>();
  private final List<CompletableFuture<OffsetsUpdated>> resets = new ArrayList<>();

  /** Members that an operator sent away, and until when one that comes back is told so. */
  private final Map<String, Long> sentAway = new HashMap<>();

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
    this.sessions =
        new Sessions(name, record, store, coordinator::elapsedMillis, coordinator::subscriptions);
  }

  String name() {
    return name;
  }

  GroupRecord record() {
    return record;
  }

  GroupSnapshot snapshot() {
    Set<PartitionId> subscribed = new HashSet<>(target.keySet());
    record.members().forEach(member -> subscribed.addAll(member.held().keySet()));
    return new GroupSnapshot(record, sessions.connected(), subscribed);
  }

  void join(Joining joining, MemberSink sink) {
    boolean returning = !joining.memberId().isEmpty();
    String id = returning ? joining.memberId() : coordinator.freshId(joining.clientId());
    Member member = joining.member(id, coordinator.nowMillis());
    happened(
        new GroupEvent.Join(member, returning),
        result -> joined(joining, sink, result),
        sink::ended);
  }

  private void joined(Joining joining, MemberSink sink, EventResult result) {
    switch (result) {
      case EventResult.Joined(String memberId, String formerId) -> {
        sessions.end(formerId, GroupProblem.replaced());
        sessions.joined(memberId, joining.sessionTimeoutMillis(), sink);
      }
      case EventResult.Replaced() -> sink.ended(GroupProblem.replaced());
      case EventResult.Full(int membersMax) ->
          sink.ended(GroupProblem.membersFull(name, membersMax));
      default ->
          sink.ended(
              sentAway.containsKey(joining.memberId())
                  ? GroupProblem.kicked()
                  : GroupProblem.unknownMember(name, joining.memberId()));
    }
  }

  void heartbeat(String memberId, MemberSink sink) {
    if (sessions.heard(memberId, sink) != null) {
      sink.heartbeat(record.generation());
    }
  }

  void heard(String memberId, MemberSink sink) {
    sessions.heard(memberId, sink);
  }

  void release(String memberId, MemberSink sink, Set<PartitionId> partitions) {
    if (sessions.releases(record, memberId, sink, partitions)) {
      happened(new GroupEvent.Release(memberId, partitions), _ -> {}, _ -> {});
    }
  }

  /** Who has an instance id comes back, and keeps what it holds for its session timeout. */
  void leave(String memberId, MemberSink sink) {
    Session session = sessions.heard(memberId, sink);
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
    sessions.disconnected(sink);
  }

  CompletableFuture<Void> kick(String memberOrInstanceId) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    happened(
        new GroupEvent.Kick(memberOrInstanceId),
        result -> {
          if (result instanceof EventResult.Kicked(String memberId, int sessionTimeoutMillis)) {
            sessions.end(memberId, GroupProblem.kicked());
            // It may not be connected, or not hear this: then it comes back under its id.
            sentAway.put(memberId, coordinator.elapsedMillis() + sessionTimeoutMillis);
            done.complete(null);
          } else {
            done.completeExceptionally(GroupProblem.unknownMember(name, memberOrInstanceId));
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
            done.completeExceptionally(GroupProblem.resetting(name));
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

  /** Whether topics of these names may concern a member, also one that is being stored. */
  boolean reads(Set<String> topicNames) {
    return underWay
        || sessions.isAnyUntold()
        || record.members().stream()
            .anyMatch(
                member ->
                    !member.topicPattern().isEmpty()
                        || member.topics().stream().anyMatch(topicNames::contains));
  }

  /** Sends those away whose time is up. */
  void tick() {
    sessions.tick(record, this::timeUp);
    long now = coordinator.elapsedMillis();
    if (sentAway.values().removeIf(until -> until <= now) && sentAway.isEmpty()) {
      forgetWhenIdle();
    }
  }

  private void timeUp(String memberId, Session session, Why why, String message) {
    session.leaving();
    happened(
        new GroupEvent.Leave(memberId, why),
        _ -> sessions.end(memberId, new GroupProblem(new Kind.UnknownMember(), message)),
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
            guarded(List.of(), this::advance);
          });
    }
  }

  /** Something unexpected must not leave the group waiting for ever: it is read again. */
  private void guarded(List<Queued> taken, Runnable action) {
    try {
      action.run();
    } catch (RuntimeException e) {
      GroupProblem problem = GroupProblem.unknownOutcome("the coordinator failed");
      taken.forEach(each -> each.failed.accept(problem));
      close(problem);
      throw e;
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
    } else if (record.members().isEmpty() && resets.isEmpty() && sentAway.isEmpty()) {
      closed = true;
      coordinator.forget(this);
    }
  }

  private void step(List<Queued> taken) {
    GroupStep step =
        GroupStep.of(
            record,
            taken.stream().map(Queued::event).toList(),
            coordinator.subscriptions(),
            target,
            store.membersMax(),
            coordinator.nowMillis());
    queue.clear();
    underWay = true;
    if (step.next().version() == record.version()) {
      finish(taken, step, 0);
      return;
    }
    coordinator.whenDone(
        store.update(name, record.version(), step.next(), step.offsets()),
        outcome -> guarded(taken, () -> answered(taken, step, outcome)));
  }

  private void answered(List<Queued> taken, GroupStep step, @Nullable Outcome outcome) {
    switch (outcome) {
      case Outcome.GroupUpdated(_, long historyId) -> finish(taken, step, historyId);
      case Outcome.Busy(long millis) -> again(millis, taken);
      case Outcome.Invalid(String why) -> refuseJoins(taken, why);
      case null, default -> {
        GroupProblem problem = GroupProblem.of(name, outcome);
        taken.forEach(each -> each.failed.accept(problem));
        close(problem);
      }
    }
  }

  /** The record would not fit into a command; those who are members go on with what they have. */
  private void refuseJoins(List<Queued> taken, String why) {
    GroupProblem problem = GroupProblem.tooLarge(name, why);
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
            GroupProblem problem = GroupProblem.unavailable("the coordinator has changed");
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
          GroupProblem.unknownOutcome("the coordinator changed while it was under way");
      taken.forEach(each -> each.failed.accept(unknown));
      return;
    }
    GroupRecord before = record;
    record = step.next();
    target = step.target();
    for (int i = 0; i < taken.size(); i++) {
      taken.get(i).then.accept(step.results().get(i));
    }
    sessions.tell(before, record);
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

  private void deleteNow() {
    List<CompletableFuture<Void>> taken = List.copyOf(deletions);
    deletions.clear();
    if (!record.members().isEmpty()) {
      GroupProblem notEmpty = GroupProblem.notEmpty(name, record.members().size());
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
            GroupProblem problem = GroupProblem.of(name, outcome);
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
    sessions.endAll(problem);
    queue.forEach(each -> each.failed.accept(problem));
    queue.clear();
    deletions.forEach(each -> each.completeExceptionally(problem));
    // What was asked for is stored with the record, and the next coordinator goes on with it.
    GroupProblem unknown =
        GroupProblem.unknownOutcome("the coordinator changed while the reset was under way");
    resets.forEach(each -> each.completeExceptionally(unknown));
  }
}
