package dev.funes.replication;

import dev.funes.cluster.PartitionId;
import dev.funes.group.GroupRecord;
import dev.funes.group.OffsetTarget;
import dev.funes.replication.GroupCommand.CommitOffsets;
import dev.funes.replication.GroupCommand.DeleteBookmark;
import dev.funes.replication.GroupCommand.DeleteGroup;
import dev.funes.replication.GroupCommand.DeleteOffsets;
import dev.funes.replication.GroupCommand.ExpireGroup;
import dev.funes.replication.GroupCommand.ForgetOffsets;
import dev.funes.replication.GroupCommand.PutBookmark;
import dev.funes.replication.GroupCommand.StoreOffsets;
import dev.funes.replication.GroupCommand.TrimHistory;
import dev.funes.replication.GroupCommand.UpdateGroup;
import dev.funes.replication.Outcome.Applied;
import dev.funes.replication.Outcome.BookmarkExists;
import dev.funes.replication.Outcome.BookmarksFull;
import dev.funes.replication.Outcome.Done;
import dev.funes.replication.Outcome.GroupUpdated;
import dev.funes.replication.Outcome.UnknownBookmark;
import dev.funes.replication.Outcome.UnknownGroup;
import dev.funes.replication.Outcome.VersionConflict;
import dev.funes.state.Bookmark;
import dev.funes.state.GroupOffset;
import dev.funes.state.KeyedState;
import dev.funes.state.OffsetCause;
import dev.funes.state.OffsetChange;
import dev.funes.state.StoredOffset;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What commands do to consumer groups. Whoever may not change an offset any more is refused here,
 * where all replicas decide the same, and not by a coordinator that may itself be out of date.
 * Apply thread only.
 */
final class GroupApplier {

  private static final String NOBODY = "";
  private static final int EPOCH_UNKNOWN = -1;

  private final KeyedState keyed;
  private final EntryChanges changes;
  private final KnownGroups groups;

  private long timeMillis;

  GroupApplier(KeyedState keyed, EntryChanges changes) {
    this.keyed = keyed;
    this.changes = changes;
    this.groups = new KnownGroups(keyed);
  }

  Applied apply(GroupCommand command, long timeMillis) throws IOException {
    this.timeMillis = timeMillis;
    return switch (command) {
      case CommitOffsets commit -> commit(commit);
      case DeleteOffsets(String group, List<PartitionId> partitions) -> delete(group, partitions);
      case UpdateGroup update -> update(update);
      case DeleteGroup(String group, long expectedVersion) -> deleteGroup(group, expectedVersion);
      case ExpireGroup expire -> expire(expire);
      case TrimHistory(String group, long beforeId, long resetsBeforeId) -> {
        changes.flush();
        changes.now().trimHistory(group, beforeId);
        changes.now().trimResets(group, resetsBeforeId);
        yield new Done();
      }
      case PutBookmark put -> putBookmark(put);
      case DeleteBookmark(String group, String name) -> deleteBookmark(group, name);
      case StoreOffsets(String group, List<GroupOffset> offsets) -> {
        offsets.forEach(each -> put(group, each));
        yield new Done();
      }
      case ForgetOffsets(String group, List<PartitionId> partitions) -> {
        partitions.forEach(
            each -> changes.now().deleteOffset(group, each.topicId(), each.partition()));
        yield new Done();
      }
    };
  }

  private Applied commit(CommitOffsets commit) {
    String group = commit.group();
    List<PartitionId> partitions = commit.offsets().stream().map(GroupApplier::partition).toList();
    Applied problem =
        commit.memberId().isEmpty()
            ? groups.get(group).problem(partitions)
            : groups.get(group).problem(commit.memberId(), commit.generation(), partitions);
    if (problem != null) {
      return problem;
    }
    List<OffsetChange> changed = new ArrayList<>(partitions.size());
    for (GroupOffset each : commit.offsets()) {
      Long from = offset(group, each.topicId(), each.partition());
      put(group, each);
      if (from == null || from != each.offset().offset()) {
        changed.add(
            new OffsetChange(each.topicId(), each.partition(), from, each.offset().offset()));
      }
    }
    if (!changed.isEmpty()) {
      addHistory(group, OffsetCause.COMMIT, commit.memberId(), 0, changed);
    }
    return new Done();
  }

  private Applied delete(String group, List<PartitionId> partitions) {
    Applied problem = groups.get(group).problem(partitions);
    if (problem != null) {
      return problem;
    }
    List<OffsetTarget> targets = new ArrayList<>();
    for (PartitionId each : partitions) {
      if (offset(group, each.topicId(), each.partition()) != null) {
        targets.add(new OffsetTarget(each.topicId(), each.partition(), null));
      }
    }
    if (!targets.isEmpty()) {
      set(group, new OffsetUpdate(OffsetCause.DELETE, 0, targets));
    }
    return new Done();
  }

  private Applied update(UpdateGroup update) throws IOException {
    String group = update.group();
    long version = groups.get(group).version();
    if (version != update.expectedVersion()) {
      return new VersionConflict(version);
    }
    GroupRecord next = update.next();
    changes.now().putGroupRecord(group, next.encode());
    OffsetUpdate offsets = update.offsets();
    long historyId = offsets == null ? 0 : set(group, offsets);
    changes.flush(); // so that the record can be read when it is not kept in memory any more
    groups.put(group, new KnownGroup(next));
    return new GroupUpdated(next.version(), historyId);
  }

  private Applied deleteGroup(String group, long expectedVersion) throws IOException {
    long version = groups.get(group).version();
    if (version != expectedVersion) {
      return new VersionConflict(version);
    }
    changes.flush(); // what is written can be deleted more cheaply
    changes.now().deleteGroup(group);
    changes.flush();
    groups.put(group, KnownGroup.NONE);
    return new Done();
  }

  /** The proposer looked before; what was stored since then stays. */
  private Applied expire(ExpireGroup expire) throws IOException {
    changes.flush();
    return keyed.lastUsedMillis(expire.group()) < expire.beforeMillis()
        ? deleteGroup(expire.group(), expire.expectedVersion())
        : new Done();
  }

  private Applied putBookmark(PutBookmark put) throws IOException {
    changes.flush();
    List<GroupOffset> offsets = keyed.offsets(put.group());
    if (offsets.isEmpty()) {
      return new UnknownGroup();
    }
    if (keyed.bookmark(put.group(), put.name()) == null) {
      if (keyed.bookmarkCount(put.group()) >= put.bookmarksMax()) {
        return new BookmarksFull(put.bookmarksMax());
      }
    } else if (!put.replace()) {
      return new BookmarkExists();
    }
    changes.now().putBookmark(put.group(), new Bookmark(put.name(), timeMillis, offsets));
    return new Done();
  }

  private Applied deleteBookmark(String group, String name) throws IOException {
    changes.flush();
    if (keyed.bookmark(group, name) == null) {
      return new UnknownBookmark();
    }
    changes.now().deleteBookmark(group, name);
    return new Done();
  }

  /** Sets all targets, those that stay as they are too; returns the id in the history. */
  private long set(String group, OffsetUpdate update) {
    List<OffsetChange> changed = new ArrayList<>(update.targets().size());
    for (OffsetTarget target : update.targets()) {
      Long to = target.offset();
      changed.add(
          new OffsetChange(
              target.topicId(),
              target.partition(),
              offset(group, target.topicId(), target.partition()),
              to));
      if (to == null) {
        changes.now().deleteOffset(group, target.topicId(), target.partition());
      } else {
        StoredOffset offset = new StoredOffset(to, EPOCH_UNKNOWN, "", 0);
        put(group, new GroupOffset(target.topicId(), target.partition(), offset));
      }
    }
    return addHistory(group, update.cause(), NOBODY, update.undoneId(), changed);
  }

  private void put(String group, GroupOffset each) {
    StoredOffset offset = each.offset();
    changes
        .now()
        .putOffset(
            group,
            each.topicId(),
            each.partition(),
            new StoredOffset(offset.offset(), offset.leaderEpoch(), offset.metadata(), timeMillis));
  }

  private @Nullable Long offset(String group, long topicId, int partition) {
    StoredOffset stored = changes.now().offset(group, topicId, partition);
    return stored == null ? null : stored.offset();
  }

  private long addHistory(
      String group, OffsetCause cause, String memberId, long undoneId, List<OffsetChange> changed) {
    return changes.now().addHistory(group, timeMillis, cause, memberId, undoneId, changed);
  }

  private static PartitionId partition(GroupOffset offset) {
    return new PartitionId(offset.topicId(), offset.partition());
  }
}
