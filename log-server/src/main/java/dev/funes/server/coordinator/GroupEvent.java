package dev.funes.server.coordinator;

import dev.funes.cluster.PartitionId;
import dev.funes.group.Member;
import dev.funes.replication.OffsetUpdate;
import java.util.Set;

/** What may happen to a consumer group. */
sealed interface GroupEvent {

  /**
   * Somebody joins, comes back, or changes what it reads.
   *
   * @param member what it says of itself; it holds nothing here. Its id is a fresh one, or the one
   *     that it was given before
   * @param returning it says that it was a member
   */
  record Join(Member member, boolean returning) implements GroupEvent {}

  /** A member goes. */
  record Leave(String memberId, Why why) implements GroupEvent {}

  /** A member does not read these partitions any more. */
  record Release(String memberId, Set<PartitionId> partitions) implements GroupEvent {
    public Release {
      partitions = Set.copyOf(partitions);
    }
  }

  /** Somebody sends a member away, named by its id or its instance id. */
  record Kick(String memberOrInstanceId) implements GroupEvent {}

  /** Members are to read nothing, or to go on. */
  record Pause(boolean paused) implements GroupEvent {}

  /** Stored offsets are to be moved, as soon as nobody holds the partitions. */
  record Reset(OffsetUpdate update) implements GroupEvent {}

  /** Something else changed: the topics, or the coordinator. */
  record Refresh() implements GroupEvent {}

  /** Why a member goes. */
  enum Why {
    ITSELF,
    SESSION_ENDED,
    RELEASE_TIMED_OUT
  }
}
