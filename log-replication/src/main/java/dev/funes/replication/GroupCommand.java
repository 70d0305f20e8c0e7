package dev.funes.replication;

import dev.funes.cluster.PartitionId;
import dev.funes.group.GroupRecord;
import dev.funes.state.GroupOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A {@link Command} that concerns one consumer group. */
public sealed interface GroupCommand extends Command {

  String group();

  /**
   * Stores offsets, all or none, if the one who asks may. Their commit time is that of the entry,
   * not their own.
   *
   * @param memberId who asks; empty for somebody who is not a member
   * @param generation the newest that the member has seen
   */
  record CommitOffsets(String group, String memberId, long generation, List<GroupOffset> offsets)
      implements GroupCommand {
    public CommitOffsets {
      offsets = List.copyOf(offsets);
    }
  }

  /** Forgets offsets, all or none. */
  record DeleteOffsets(String group, List<PartitionId> partitions) implements GroupCommand {
    public DeleteOffsets {
      partitions = List.copyOf(partitions);
    }
  }

  /**
   * Replaces the record, if nobody did in the meantime, and sets offsets with it.
   *
   * @param expectedVersion of the record that is replaced
   * @param next has the version after that
   */
  record UpdateGroup(
      String group, long expectedVersion, GroupRecord next, @Nullable OffsetUpdate offsets)
      implements GroupCommand {

    // Written out, so that callers in other modules see what may be null.
    public UpdateGroup(
        String group, long expectedVersion, GroupRecord next, @Nullable OffsetUpdate offsets) {
      if (next.version() != expectedVersion + 1) {
        throw new IllegalArgumentException(
            "expected version " + (expectedVersion + 1) + ", was " + next.version());
      }
      this.group = group;
      this.expectedVersion = expectedVersion;
      this.next = next;
      this.offsets = offsets;
    }
  }

  /** Forgets the record, offsets, history and bookmarks, if the record is this one still. */
  record DeleteGroup(String group, long expectedVersion) implements GroupCommand {}

  /** As {@link DeleteGroup}, and only when nothing tells of use at this time or later. */
  record ExpireGroup(String group, long expectedVersion, long beforeMillis)
      implements GroupCommand {}

  /** Forgets history: commits before one entry, and everything else before another. */
  record TrimHistory(String group, long beforeId, long resetsBeforeId) implements GroupCommand {}

  /**
   * Gives the offsets of now a name.
   *
   * @param replace an older bookmark of the name goes
   * @param bookmarksMax one more is refused
   */
  record PutBookmark(String group, String name, boolean replace, int bookmarksMax)
      implements GroupCommand {}

  /** Forgets a bookmark. */
  record DeleteBookmark(String group, String name) implements GroupCommand {}

  /** As nodes stored offsets before there were records and history; in old Raft logs only. */
  record StoreOffsets(String group, List<GroupOffset> offsets) implements GroupCommand {
    public StoreOffsets {
      offsets = List.copyOf(offsets);
    }
  }

  /** As nodes forgot offsets before there were records and history; in old Raft logs only. */
  record ForgetOffsets(String group, List<PartitionId> partitions) implements GroupCommand {
    public ForgetOffsets {
      partitions = List.copyOf(partitions);
    }
  }
}
