package dev.funes.replication;

import dev.funes.cluster.PartitionId;
import dev.funes.group.GroupRecord;
import dev.funes.group.Held;
import dev.funes.group.Member;
import dev.funes.group.OffsetTarget;
import dev.funes.replication.Outcome.Applied;
import dev.funes.replication.Outcome.Done;
import dev.funes.state.Bookmark;
import dev.funes.state.GroupOffset;
import dev.funes.state.HistoryEntry;
import dev.funes.state.OffsetCause;
import dev.funes.state.OffsetChange;
import dev.funes.state.StoredOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What consumer groups should be, in plain collections and without a thought of speed. */
final class ModelConsumerGroups {

  static final class Group {
    @Nullable GroupRecord record;
    final Map<PartitionId, StoredOffset> offsets = new TreeMap<>();
    final List<HistoryEntry> history = new ArrayList<>();
    final Map<String, Bookmark> bookmarks = new TreeMap<>();
    long newestId;

    boolean isListed() {
      return record != null || !offsets.isEmpty() || newestId > 0 || !bookmarks.isEmpty();
    }

    List<GroupOffset> offsets() {
      return offsets.entrySet().stream()
          .map(
              each ->
                  new GroupOffset(
                      each.getKey().topicId(), each.getKey().partition(), each.getValue()))
          .toList();
    }
  }

  final Map<String, Group> groups = new TreeMap<>();
  private long timeMillis;

  Group group(String name) {
    return groups.computeIfAbsent(name, _ -> new Group());
  }

  GroupRecord record(String name) {
    GroupRecord record = group(name).record;
    return record == null ? GroupRecord.empty(1) : record;
  }

  Applied apply(GroupCommand command, long timeMillis) {
    this.timeMillis = timeMillis;
    Group group = group(command.group());
    return switch (command) {
      case GroupCommand.CommitOffsets commit -> commit(group, commit);
      case GroupCommand.DeleteOffsets delete -> delete(group, delete.partitions());
      case GroupCommand.UpdateGroup update -> {
        if (record(update.group()).version() != update.expectedVersion()) {
          yield new Outcome.VersionConflict(record(update.group()).version());
        }
        group.record = update.next();
        OffsetUpdate offsets = update.offsets();
        yield new Outcome.GroupUpdated(
            update.next().version(),
            offsets == null
                ? 0
                : set(group, offsets.cause(), offsets.undoneId(), offsets.targets()));
      }
      case GroupCommand.DeleteGroup(String name, long version) -> remove(name, version);
      case GroupCommand.ExpireGroup(String name, long version, long beforeMillis) ->
          lastUsed(group) < beforeMillis ? remove(name, version) : new Done();
      case GroupCommand.TrimHistory(_, long beforeId, long resetsBeforeId) -> {
        group.history.removeIf(
            entry ->
                entry.id() < (entry.cause() == OffsetCause.COMMIT ? beforeId : resetsBeforeId));
        yield new Done();
      }
      case GroupCommand.PutBookmark put -> {
        if (group.offsets.isEmpty()) {
          yield new Outcome.UnknownGroup();
        }
        if (group.bookmarks.containsKey(put.name()) && !put.replace()) {
          yield new Outcome.BookmarkExists();
        }
        if (!group.bookmarks.containsKey(put.name())
            && group.bookmarks.size() >= put.bookmarksMax()) {
          yield new Outcome.BookmarksFull(put.bookmarksMax());
        }
        group.bookmarks.put(put.name(), new Bookmark(put.name(), timeMillis, group.offsets()));
        yield new Done();
      }
      case GroupCommand.DeleteBookmark(_, String name) ->
          group.bookmarks.remove(name) == null ? new Outcome.UnknownBookmark() : new Done();
      case GroupCommand.StoreOffsets(_, List<GroupOffset> offsets) -> {
        offsets.forEach(each -> put(group, each));
        yield new Done();
      }
      case GroupCommand.ForgetOffsets(_, List<PartitionId> partitions) -> {
        partitions.forEach(group.offsets::remove);
        yield new Done();
      }
    };
  }

  private Applied commit(Group group, GroupCommand.CommitOffsets commit) {
    List<Member> members = group.record == null ? List.of() : group.record.members();
    Member asking = null;
    for (Member member : members) {
      if (member.id().equals(commit.memberId())) {
        asking = member;
      }
    }
    if (asking == null && !commit.memberId().isEmpty()) {
      return new Outcome.UnknownMember();
    }
    for (GroupOffset each : commit.offsets()) {
      PartitionId id = new PartitionId(each.topicId(), each.partition());
      Held held = asking == null ? null : asking.held().get(id);
      boolean may =
          asking == null
              ? members.stream().noneMatch(member -> member.held().containsKey(id))
              : held != null && held.grantedGeneration() <= commit.generation();
      if (!may) {
        return new Outcome.NotOwner(id);
      }
    }
    List<OffsetChange> changes = new ArrayList<>();
    for (GroupOffset each : commit.offsets()) {
      Long from = offset(group, each.topicId(), each.partition());
      put(group, each);
      if (!Objects.equals(from, each.offset().offset())) {
        changes.add(
            new OffsetChange(each.topicId(), each.partition(), from, each.offset().offset()));
      }
    }
    if (!changes.isEmpty()) {
      tell(group, OffsetCause.COMMIT, commit.memberId(), 0, changes);
    }
    return new Done();
  }

  private Applied delete(Group group, List<PartitionId> partitions) {
    List<OffsetTarget> targets = new ArrayList<>();
    for (PartitionId id : partitions) {
      if (group.record != null
          && group.record.members().stream().anyMatch(member -> member.held().containsKey(id))) {
        return new Outcome.NotOwner(id);
      }
      if (group.offsets.containsKey(id)) {
        targets.add(new OffsetTarget(id.topicId(), id.partition(), null));
      }
    }
    if (!targets.isEmpty()) {
      set(group, OffsetCause.DELETE, 0, targets);
    }
    return new Done();
  }

  private Applied remove(String name, long expectedVersion) {
    long version = record(name).version();
    if (version != expectedVersion) {
      return new Outcome.VersionConflict(version);
    }
    groups.remove(name);
    return new Done();
  }

  private static long lastUsed(Group group) {
    long last = 0;
    for (StoredOffset each : group.offsets.values()) {
      last = Math.max(last, each.commitTimeMillis());
    }
    for (HistoryEntry each : group.history) {
      last = Math.max(last, each.timeMillis());
    }
    for (Bookmark each : group.bookmarks.values()) {
      last = Math.max(last, each.timeMillis());
    }
    return last;
  }

  private long set(Group group, OffsetCause cause, long undoneId, List<OffsetTarget> targets) {
    List<OffsetChange> changes = new ArrayList<>();
    for (OffsetTarget each : targets) {
      Long from = offset(group, each.topicId(), each.partition());
      changes.add(new OffsetChange(each.topicId(), each.partition(), from, each.offset()));
      PartitionId id = new PartitionId(each.topicId(), each.partition());
      if (each.offset() == null) {
        group.offsets.remove(id);
      } else {
        group.offsets.put(id, new StoredOffset(each.offset(), -1, "", timeMillis));
      }
    }
    return tell(group, cause, "", undoneId, changes);
  }

  private long tell(
      Group group, OffsetCause cause, String member, long undoneId, List<OffsetChange> changes) {
    group.history.add(
        new HistoryEntry(++group.newestId, timeMillis, cause, member, undoneId, changes));
    return group.newestId;
  }

  private void put(Group group, GroupOffset each) {
    StoredOffset o = each.offset();
    group.offsets.put(
        new PartitionId(each.topicId(), each.partition()),
        new StoredOffset(o.offset(), o.leaderEpoch(), o.metadata(), timeMillis));
  }

  private static @Nullable Long offset(Group group, long topicId, int partition) {
    StoredOffset stored = group.offsets.get(new PartitionId(topicId, partition));
    return stored == null ? null : stored.offset();
  }
}
